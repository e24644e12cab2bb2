/* pair.c: see pair.h. */
#include "registry/pair.h"

#include "image/reference.h"
#include "store/tag.h"
#include "store/v1tag.h"

/* ---- names ---- */

#define LIBRARY V1NAME_DEFAULT_NAMESPACE "/"

static enum result
has_manifest(const struct task *t, const char *name, bool *out)
{
	const struct store_repository in = task_repository(t, name);

	*out = false;
	return reference_is_repository(str_of(name))
		   ? store_repository_has_manifest(&in, out, t->err)
		   : RC_OK;
}

enum result
pair_find_v1(const struct task *t, struct str name, struct store_v1repo *out)
{
	struct v1name parsed;
	struct err ignored;

	*out = (struct store_v1repo){.st = NULL};
	if (v1name_parse(t->arena, name, &parsed, &ignored) != RC_OK)
		return RC_OK;
	return store_v1repo_find(t->reg->store, t->arena, &parsed, out, t->err);
}

/* Fills in v1 and v1repo; a name that API v1 does not allow leaves them empty. */
static enum result
find_v1repo(const struct task *t, const char *name, struct pair *out)
{
	enum result r = pair_find_v1(t, str_of(name), &out->v1repo);

	out->v1 = r == RC_OK ? out->v1repo.name : NULL;
	return r;
}

/* "library/foo" of API v2 is that of API v1 only if nothing else is: neither "foo" of API v2
 * nor "library/foo" of API v1. `key` is "foo". */
static enum result
longer_name_counts(const struct task *t, const struct pair *p, const char *full,
    const char *key, bool *out)
{
	bool there;
	enum result r;

	*out = false;
	if (store_v1repo_exists(&p->v1repo))
		return RC_OK;
	r = has_manifest(t, key, &there);
	return r == RC_OK && !there ? has_manifest(t, full, out) : r;
}

enum result
pair_of_v1(const struct task *t, const struct v1name *name, struct pair *out)
{
	const char *full = v1name_full(t->arena, name);
	const char *key = reference_key(full);
	bool longer = false;
	enum result r = find_v1repo(t, full, out);

	if (r == RC_OK && key != full)
		r = longer_name_counts(t, out, full, key, &longer);
	if (longer)
		key = full;
	out->v2 = reference_is_repository(str_of(key))
		      ? str_dup(t->arena, str_of(key))
		      : NULL;
	return r;
}

enum result
pair_of_v2(const struct task *t, const char *name, struct pair *out)
{
	const char *key = reference_key(name);
	bool counts = true;
	enum result r = find_v1repo(t, name, out);

	out->v2 = name;
	if (r == RC_OK && key != name)
		r = longer_name_counts(t, out, name, key, &counts);
	if (!counts) {
		out->v1 = NULL;
		out->v1repo = (struct store_v1repo){.st = NULL};
	}
	return r;
}

struct store_repository
pair_v2(const struct task *t, const struct pair *p)
{
	return task_repository(t, p->v2);
}

enum result
pair_has_v2(const struct task *t, const struct pair *p, bool *out)
{
	*out = false;
	return p->v2 == NULL ? RC_OK : has_manifest(t, p->v2, out);
}

enum result
pair_exists(const struct task *t, const struct pair *p, bool *out)
{
	*out = store_v1repo_exists(&p->v1repo);
	return *out ? RC_OK : pair_has_v2(t, p, out);
}

/* ---- tags ---- */

/* RC_TAG_UNKNOWN */
static enum result
get_v2(
    const struct task *t, const struct pair *p, const char *tag, struct digest *out)
{
	struct store_repository in;
	enum result r;

	if (p->v2 == NULL || !reference_is_tag(str_of(tag)))
		return RC_TAG_UNKNOWN;
	in = pair_v2(t, p);
	r = store_tag_get(&in, tag, out, t->err);
	return r == RC_MANIFEST_UNKNOWN ? RC_TAG_UNKNOWN : r;
}

static enum result
get_v1(const struct task *t, const struct pair *p, const char *tag, const char **id)
{
	enum result r;

	if (!store_v1repo_exists(&p->v1repo))
		return RC_TAG_UNKNOWN;
	r = store_v1tag_get(&p->v1repo, tag, id, t->err);
	return r == RC_NOT_FOUND ? RC_TAG_UNKNOWN : r;
}

enum result
pair_tag_get(const struct task *t, const struct pair *p, const char *tag,
    struct pair_tag *out)
{
	enum result r = get_v2(t, p, tag, &out->digest);

	out->in = PAIR_V2;
	if (r != RC_TAG_UNKNOWN)
		return r;
	out->in = PAIR_V1;
	r = get_v1(t, p, tag, &out->image);
	if (r != RC_TAG_UNKNOWN)
		return r;
	/* A push through API v2 may have moved it between the two looks. */
	out->in = PAIR_V2;
	r = get_v2(t, p, tag, &out->digest);
	if (r == RC_TAG_UNKNOWN)
		return err_set(t->err, r, "the repository has no tag \"%s\"", tag);
	return r;
}

static enum result
note_dropped(enum result r, bool *was)
{
	*was = r == RC_OK;
	return r == RC_TAG_UNKNOWN ? RC_OK : r;
}

/* It looks first: a removal of what is not there syncs directories. */
enum result
pair_v1_tag_drop(const struct task *t, const struct guard *held,
    const struct pair *p, const char *tag, bool *was)
{
	const char *id;
	enum result r = get_v1(t, p, tag, &id);

	if (r == RC_OK)
		r = store_v1tag_remove(&p->v1repo, held, tag, t->err);
	return note_dropped(r, was);
}

/* A repository of which API v2 has nothing has no removal to end. */
static enum result
may_have_v2(const struct task *t, const struct pair *p, const char *tag, bool *out)
{
	struct digest ignored;
	enum result r = get_v2(t, p, tag, &ignored);

	*out = r == RC_OK;
	if (r != RC_TAG_UNKNOWN || !reference_is_tag(str_of(tag)))
		return r == RC_TAG_UNKNOWN ? RC_OK : r;
	return pair_has_v2(t, p, out);
}

enum result
pair_v2_tag_drop(const struct task *t, const struct guard *held,
    const struct pair *p, const char *tag, bool *was)
{
	struct store_repository in;
	bool any;
	enum result r = may_have_v2(t, p, tag, &any);

	*was = false;
	if (r != RC_OK || !any)
		return r;
	in = pair_v2(t, p);
	r = store_tag_remove(&in, held, tag, t->err);
	return note_dropped(r == RC_MANIFEST_UNKNOWN ? RC_TAG_UNKNOWN : r, was);
}

enum result
pair_tag_remove(const struct task *t, const struct guard *held,
    const struct pair *p, const char *tag, bool *was)
{
	bool v2 = false;
	enum result v1 = RC_NOT_FOUND, r;

	if (p->v1 != NULL)
		v1 = store_v1tag_remove(&p->v1repo, held, tag, t->err);
	r = v1 == RC_NOT_FOUND ? RC_OK : v1;
	if (r == RC_OK)
		r = pair_v2_tag_drop(t, held, p, tag, &v2);
	*was = v1 == RC_OK || v2;
	return r;
}

enum result
pair_tag_is_shared(
    const struct task *t, const struct pair *p, const char *tag, bool *out)
{
	struct digest ignored;
	enum result r = RC_OK;

	*out = p->v2 != NULL && reference_is_tag(str_of(tag));
	if (*out)
		r = get_v2(task_quiet(t), p, tag, &ignored);
	if (r == RC_OK && *out)
		*out = false;
	return r == RC_TAG_UNKNOWN ? RC_OK : r;
}
