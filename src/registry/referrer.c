/* referrer.c: see referrer.h. */
#include "registry/referrer.h"

void
referrer_make(struct arena *a, const struct manifest *m,
    const struct digest *digest, size_t size, struct index_referrer *out)
{
	*out = (struct index_referrer){.digest = str_of(digest_text(a, digest)),
	    .subject = m->subject,
	    .type = m->type,
	    .artifact_type = m->artifact_type,
	    .annotations = m->annotations,
	    .size = (int64_t)size};
}

bool
referrer_show(const struct index_referrer *row, struct manifest_descriptor *out)
{
	struct err ignored;

	*out = (struct manifest_descriptor){.size = row->size,
	    .type = row->type,
	    .artifact_type = row->artifact_type,
	    .annotations = row->annotations};
	return digest_parse(row->digest, &out->digest, &ignored) == RC_OK;
}
