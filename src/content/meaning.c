/* meaning.c: see meaning.h. */
#include "content/meaning.h"

#include <string.h>

#include "bridge/make.h"
#include "bridge/to_v2.h"
#include "image/reference.h"
#include "registry/counterpart.h"
#include "store/manifest.h"

enum result
meaning_bad_reference(struct err *err)
{
	return err_set(
	    err, RC_MANIFEST_UNKNOWN, "the reference must be a tag or a digest");
}

enum result
meaning_find(const struct task *t, const char *name, struct str reference,
    struct meaning *out)
{
	struct err ignored;
	enum result r;

	*out = (struct meaning){.is = {.in = PAIR_V2}};
	if (digest_parse(reference, &out->is.digest, &ignored) != RC_OK) {
		if (!reference_is_tag(reference))
			return meaning_bad_reference(t->err);
		out->tag = str_dup(t->arena, reference);
	}
	r = pair_of_v2(t, name, &out->pair);
	if (r == RC_OK && out->tag != NULL)
		r = pair_tag_get(t, &out->pair, out->tag, &out->is);
	return r == RC_TAG_UNKNOWN ? RC_MANIFEST_UNKNOWN : r;
}

/* ---- conditions ---- */

enum result
meaning_prepare(
    const struct task *t, const char *name, struct meaning_condition *condition)
{
	struct counterpart_image ignored;
	struct meaning m;
	enum result r;

	if (condition->given == NULL)
		return RC_OK;
	r = meaning_find(t, name, condition->reference, &m);
	if (r != RC_OK || m.is.in != PAIR_V1)
		return r == RC_IO ? r : RC_OK;
	condition->made = m.is.image;
	r = make_image(t, m.is.image, &ignored);
	return r == RC_IO || r == RC_FULL || r == RC_BUSY ? r : RC_OK;
}

/* An image that cannot be made means nothing to API v2. */
static enum result
manifest_of_image(
    const struct task *t, const char *id, const char *made, struct digest *out)
{
	struct counterpart_image image;
	enum result r = counterpart_image(t, id, &image);

	if (r == RC_NOT_FOUND && (made == NULL || strcmp(id, made) != 0))
		return err_set(t->err, RC_BUSY,
		    "the tag has moved meanwhile: try again later");
	*out = image.manifest;
	if (r == RC_NOT_FOUND || (r == RC_OK && image.refused.n > 0))
		return RC_MANIFEST_UNKNOWN;
	return r;
}

static enum result
find_manifest(const struct task *t, const struct meaning *m, struct digest *out)
{
	const struct store_repository in = pair_v2(t, &m->pair);
	enum result r = store_manifest_find(&in, &m->is.digest, out, t->err);
	bool there = false;

	if (r != RC_MANIFEST_UNKNOWN || m->tag != NULL)
		return r;
	r = to_v2_has(t, in.name, &m->is.digest, &there);
	*out = m->is.digest;
	return r == RC_REBUILDING || (r == RC_OK && !there) ? RC_MANIFEST_UNKNOWN
							    : r;
}

enum result
meaning_check(const struct task *t, const char *name,
    const struct meaning_condition *condition)
{
	const struct manifests_condition *given = condition->given;
	struct meaning m;
	struct digest now;
	enum result r;

	if (given == NULL)
		return RC_OK;
	r = meaning_find(t, name, condition->reference, &m);
	if (r == RC_OK && m.is.in == PAIR_V1)
		r = manifest_of_image(t, m.is.image, condition->made, &now);
	else if (r == RC_OK)
		r = find_manifest(t, &m, &now);
	if (r != RC_OK && r != RC_MANIFEST_UNKNOWN)
		return r;
	if (given->holds(given->arg, r == RC_OK ? &now : NULL))
		return RC_OK;
	return err_set(t->err, RC_CONDITION, "the reference means %s now",
	    r == RC_OK ? digest_text(t->arena, &now) : "nothing");
}
