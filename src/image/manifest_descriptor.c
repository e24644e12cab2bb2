/* manifest_descriptor.c: see manifest_descriptor.h. */
#include "image/manifest_descriptor.h"

static const char *const elsewhere[] = {
    "application/vnd.docker.image.rootfs.foreign.",
    "application/vnd.oci.image.layer.nondistributable.",
};

static enum result
read_size(
    const struct json *size, const char *what, long long *out, struct err *err)
{
	*out = -1;
	if (size != NULL && (!json_int(size, out) || *out < 0))
		return err_set(
		    err, RC_BAD_MANIFEST, "%s: the size is no length", what);
	return RC_OK;
}

enum result
manifest_descriptor_read(const struct json *v, const char *what,
    struct manifest_descriptor *out, struct err *err)
{
	struct str digest = json_text(json_get(v, "digest"));
	struct err ignored;

	if (json_kind(v) != JSON_OBJECT)
		return err_set(err, RC_BAD_MANIFEST, "%s is no descriptor", what);
	if (digest_parse(digest, &out->digest, &ignored) != RC_OK)
		return err_set(err, RC_BAD_MANIFEST,
		    "%s: the digest is none of sha256 or sha512", what);
	out->type = json_text(json_get(v, "mediaType"));
	out->artifact_type = json_text(json_get(v, "artifactType"));
	out->annotations = str_of(NULL);
	return read_size(json_get(v, "size"), what, &out->size, err);
}

bool
manifest_descriptor_is_elsewhere(const struct manifest_descriptor *d)
{
	size_t i;

	for (i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		if (str_starts(d->type, elsewhere[i]))
			return true;
	return false;
}
