/* description.c: see description.h. */
#include "registry/description.h"

#include "image/manifest.h"
#include "image/v1config.h"
#include "image/v1name.h"
#include "registry/layouts.h"
#include "registry/pair.h"
#include "registry/v1image.h"
#include "store/blob.h"
#include "store/description.h"
#include "store/manifest.h"
#include "store/tag.h"
#include "store/v1image.h"
#include "store/v1tag.h"

#define DESCRIPTION_MAX 1000 /* bytes: a line of a list, not a text */
#define CONFIG_MAX      ((size_t)1 << 20)

/* Cuts between two characters. */
static struct str
shorten(struct str s)
{
	if (str_has(s, '\0'))
		return str_of(NULL);
	if (s.n <= DESCRIPTION_MAX)
		return s;
	s.n = DESCRIPTION_MAX;
	while (s.n > 0 && !str_is_utf8(s))
		s.n--;
	return s;
}

/* What cannot be read for now; all else that is wrong (missing, damaged, of an unknown
 * form) has no description, and will not have one when it is read again. */
static enum result
only_faults(enum result r)
{
	return r == RC_IO ? r : RC_OK;
}

/* Each of these sets *out, which is empty unless there is a text. */

static enum result
text_that_was_set(const struct task *t, struct str name, struct str *out)
{
	struct v1name parsed;
	enum result r = v1name_parse(t->arena, name, &parsed, t->err);

	if (r == RC_OK)
		r = store_description_get(
		    t->reg->store, t->arena, &parsed, out, t->err);
	return only_faults(r);
}

static enum result
text_of_config(const struct task *t, const struct digest *config, struct str *out)
{
	struct str bytes;
	enum result r = store_blob_read(
	    t->reg->store, t->arena, config, CONFIG_MAX, &bytes, t->err);

	if (r == RC_OK)
		*out = manifest_config_description(t->arena, bytes);
	return only_faults(r);
}

/* *m has neither a description, a config nor a child if it cannot be read. */
static enum result
text_of_manifest(const struct task *t, const char *name, const struct digest *d,
    struct manifest_description *m, struct str *out)
{
	const struct store_repository in = task_repository(t, name);
	struct store_manifest stored;
	enum result r = store_manifest_read(&in, d, &stored, t->err);

	*m = (struct manifest_description){.has_config = false};
	if (r != RC_OK)
		return only_faults(r);
	manifest_description_read(t->arena, stored.bytes, m);
	*out = m->text;
	return out->n == 0 && m->has_config ? text_of_config(t, &m->config, out)
					    : RC_OK;
}

static enum result
text_of_tag(const struct task *t, const char *name, struct str *out)
{
	const struct store_repository in = task_repository(t, name);
	struct manifest_description m, child;
	struct digest d;
	const char *last;
	enum result r = store_tag_get(&in, "latest", &d, t->err);

	if (r != RC_OK && r != RC_IO)
		r = store_tag_last(&in, &last, &d, t->err);
	if (r != RC_OK)
		return only_faults(r);
	r = text_of_manifest(t, name, &d, &m, out);
	if (r == RC_OK && out->n == 0 && m.has_child)
		r = text_of_manifest(t, name, &m.child, &child, out);
	return r;
}

static enum result
text_of_v1image(const struct task *t, struct str name, struct str *out)
{
	struct store_v1image im = v1image_of(t, NULL);
	struct store_v1repo repo;
	struct v1config v;
	struct str json;
	enum result r = pair_find_v1(t, name, &repo);

	if (r == RC_OK && !store_v1repo_exists(&repo))
		return RC_OK;
	if (r == RC_OK)
		r = store_v1tag_get(&repo, "latest", &im.id, t->err);
	if (r == RC_OK)
		r = store_v1image_json(&im, &json, t->err);
	if (r == RC_OK)
		r = v1config_parse(t->arena, json, &v, t->err);
	if (r == RC_OK)
		*out = v.label.n > 0 ? v.label : v.comment;
	return only_faults(r);
}

/* The name of API v2 whose tags describe the repository: of "library/foo" of API v1 that is
 * "foo". NULL: none. */
static enum result
find_described(
    const struct task *t, const struct layouts_found *found, const char **out)
{
	struct v1name parsed;
	struct pair pair;
	enum result r;

	*out = found->v2 ? found->row.name.p : NULL;
	if (found->v2 || !found->v1 ||
	    v1name_parse(t->arena, found->row.name, &parsed, t->err) != RC_OK)
		return RC_OK;
	r = pair_of_v1(t, &parsed, &pair);
	*out = pair.v2;
	return r;
}

/* Of its tags: those of API v2 count first, as everywhere (pair.h). */
static enum result
text_of_tags(
    const struct task *t, const struct layouts_found *found, struct str *out)
{
	const char *name;
	enum result r = find_described(t, found, &name);

	if (r == RC_OK && name != NULL)
		r = text_of_tag(t, name, out);
	*out = shorten(*out);
	if (r == RC_OK && out->n == 0 && found->v1) {
		r = text_of_v1image(t, found->row.name, out);
		*out = shorten(*out);
	}
	return only_faults(r);
}

/* Manifests and configs of some megabytes each are read for this, and one line of them
 * is kept: hence the arena of its own. */
enum result
description_text(
    const struct task *t, const struct layouts_found *found, struct str *out)
{
	struct arena *scratch = arena_new();
	const struct task *inner = task_with_arena(t, scratch);
	struct str text = str_of(NULL);
	enum result r = text_that_was_set(inner, found->row.name, &text);

	text = shorten(text);
	if (r == RC_OK && text.n == 0)
		r = text_of_tags(inner, found, &text);
	*out = str_make(str_dup(t->arena, text), text.n);
	arena_free(scratch);
	return r;
}
