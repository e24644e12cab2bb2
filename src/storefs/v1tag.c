/* v1tag.c: see v1tag.h. */
#include "store/v1tag.h"

#include <string.h>

#include "image/v1name.h"
#include "storefs/damage.h"
#include "storefs/io.h"
#include "storefs/listing.h"
#include "storefs/v1spelling.h"

#define TAG_FILE_MAX ((size_t)1 << 20) /* bytes: a User-Agent may be long */

/* Some hand-made ids end in a newline. */
static bool
is_id(struct str *text)
{
	while (text->n > 0 && strchr(" \n\r\t", text->p[text->n - 1]) != NULL)
		text->n--;
	return v1name_is_image_id(*text);
}

static enum result
read_id(const struct store *st, struct arena *a, const char *path, const char **id,
    struct err *err)
{
	struct str text;
	enum result r = io_read(st, a, path, TAG_FILE_MAX, &text, err);

	if (r == RC_TOO_LARGE || (r == RC_OK && !is_id(&text)))
		return err_set(
		    err, RC_NOT_FOUND, "%s does not hold an image id", path);
	if (r != RC_OK)
		return r;
	*id = str_dup(a, text);
	return RC_OK;
}

static const char *
id_path(struct arena *a, const struct store_v1repo *repo, const char *spelt)
{
	return arena_printf(a, "%s/tag_%s", repo->dir, spelt);
}

static const char *
meta_path(struct arena *a, const struct store_v1repo *repo, const char *spelt)
{
	return arena_printf(a, "%s/tag%s_json", repo->dir, spelt);
}

/* The spelling under which the tag is there; the older if it is in neither. */
static const char *
find(const struct store *st, struct arena *a, const struct store_v1repo *repo,
    const char *tag)
{
	const char *older = v1spelling_tag(a, tag, V1SPELLING_OLDER);
	const char *newer = v1spelling_tag(a, tag, V1SPELLING_NEWER);

	if (strcmp(older, newer) != 0 && !io_exists(st, id_path(a, repo, older)) &&
	    io_exists(st, id_path(a, repo, newer)))
		return newer;
	return older;
}

static bool
is_id_file(const struct store *st, struct arena *a, const char *path)
{
	struct err ignored;
	const char *id;

	/* what cannot be read may be one, and is not to be written over */
	return read_id(st, a, path, &id, &ignored) != RC_NOT_FOUND;
}

/* The file of a tag "x_json" may be the json of another, "_x". */
static bool
is_meta(const char *tag)
{
	const char *end = strrchr(tag, '_');

	return end != NULL && strcmp(end, "_json") == 0;
}

enum result
store_v1tag_get(const struct store *st, struct arena *a,
    const struct store_v1repo *repo, const char *tag, const char **id,
    struct err *err)
{
	const char *path = id_path(a, repo, find(st, a, repo, tag));
	enum result r = read_id(st, a, path, id, err);

	if (r == RC_NOT_FOUND && io_exists(st, path) && !is_meta(tag))
		return damage_found(st, a, path, "it does not hold an image id",
		    "push the tag again, or delete it", err);
	return r;
}

enum result
store_v1tag_meta(const struct store *st, struct arena *a,
    const struct store_v1repo *repo, const char *tag, struct str *out,
    struct err *err)
{
	const char *path = meta_path(a, repo, find(st, a, repo, tag));

	if (is_id_file(st, a, path))
		return err_set(err, RC_NOT_FOUND, "%s is a tag itself", path);
	return store_v1repo_document(st, a, path, TAG_FILE_MAX, out, err);
}

enum result
store_v1tag_put(struct store *st, struct arena *a, const struct store_v1repo *repo,
    const char *tag, const char *id, struct str meta, struct err *err)
{
	const char *spelt = find(st, a, repo, tag);
	enum result r = io_mkdirs(st, repo->dir, err);

	if (r == RC_OK && !is_id_file(st, a, meta_path(a, repo, spelt)))
		r = io_put(
		    st, repo->dir, arena_printf(a, "tag%s_json", spelt), meta, err);
	if (r == RC_OK && strcmp(tag, "latest") == 0)
		r = io_put(st, repo->dir, "json", meta, err);
	if (r == RC_OK)
		r = io_sync(st, repo->dir, err);
	if (r == RC_OK)
		r = io_put(st, repo->dir, arena_printf(a, "tag_%s", spelt),
		    str_of(id), err);
	if (r == RC_OK)
		r = io_sync(st, repo->dir, err);
	return r;
}

static enum result
remove_if_empty(struct store *st, struct arena *a, const struct store_v1repo *repo,
    struct err *err)
{
	bool any;
	enum result r = listing_any(st, repo->dir, &any, err);

	if (r == RC_OK && !any)
		r = store_v1repo_remove(st, a, repo, err);
	return r;
}

static enum result
remove_id(struct store *st, const struct store_v1repo *repo, const char *path,
    struct err *err)
{
	enum result r = io_unlink(st, path, err);

	return r == RC_OK ? io_sync(st, repo->dir, err) : r;
}

/* A removal that was cut off behind the id left the rest: it goes even so. */
enum result
store_v1tag_remove(struct store *st, struct arena *a,
    const struct store_v1repo *repo, const char *tag, struct err *err)
{
	const char *spelt = find(st, a, repo, tag), *id;
	enum result there = read_id(st, a, id_path(a, repo, spelt), &id, err);
	enum result r = there == RC_NOT_FOUND ? RC_OK : there;

	if (there == RC_OK)
		r = remove_id(st, repo, id_path(a, repo, spelt), err);
	if (r == RC_OK && !is_id_file(st, a, meta_path(a, repo, spelt)))
		r = io_unlink(st, meta_path(a, repo, spelt), err);
	if (r == RC_OK && strcmp(tag, "latest") == 0)
		r = io_unlink(st, arena_printf(a, "%s/json", repo->dir), err);
	if (r == RC_OK)
		r = durable_absence(st, id_path(a, repo, spelt), err);
	if (r == RC_OK)
		r = remove_if_empty(st, a, repo, err);
	return r == RC_OK ? there : r;
}

/* The tag of the file tag_<spelt>. NULL: the tag is also there in the older spelling,
 * which counts, as in find(). */
static const char *
tag_name(const struct store *st, struct arena *a, const struct store_v1repo *repo,
    const char *spelt)
{
	const char *tag = v1spelling_read_tag(a, spelt);

	if (strcmp(tag, spelt) != 0 && io_exists(st, id_path(a, repo, tag)))
		return NULL;
	return tag;
}

struct each {
	const struct store *st;
	const struct store_v1repo *repo;
	struct arena *arena; /* of one tag */
	bool (*visit)(void *arg, const char *tag, const char *id);
	void *arg;
	enum result r;
	struct err *err;
};

static bool
visit_tag(void *arg, const char *name)
{
	struct each *e = arg;
	const char *id, *tag;

	if (!str_starts(str_of(name), "tag_"))
		return false;
	arena_clear(e->arena);
	e->r = read_id(e->st, e->arena,
	    arena_printf(e->arena, "%s/%s", e->repo->dir, name), &id, e->err);
	tag = tag_name(e->st, e->arena, e->repo, name + strlen("tag_"));
	if (e->r == RC_OK)
		return tag == NULL || e->visit(e->arg, tag, id);
	if (e->r == RC_NOT_FOUND)
		e->r = RC_OK;
	return e->r == RC_OK;
}

enum result
store_v1tag_each(const struct store *st, const struct store_v1repo *repo,
    bool (*visit)(void *arg, const char *tag, const char *id), void *arg,
    struct err *err)
{
	struct each e = {st, repo, arena_new(), visit, arg, RC_OK, err};
	enum result r = listing_in_order(st, repo->dir, "tag_", visit_tag, &e, err);

	arena_free(e.arena);
	return r == RC_OK ? e.r : r;
}
