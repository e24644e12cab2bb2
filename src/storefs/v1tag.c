/* v1tag.c: see store/v1tag.h.
 *
 * In the directory of the repository (v1repo.c), tag_<tag> holds an image id, and
 * tag<tag>_json who pushed it. So tag_x_json is the json of a tag "_x" or the id of a tag
 * "x_json"; its content decides, and an id is never overwritten by a json. */
#include "store/v1tag.h"

#include <assert.h>
#include <string.h>

#include "image/v1name.h"
#include "storefs/damage.h"
#include "storefs/io.h"
#include "storefs/listing.h"
#include "storefs/v1repo.h"
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
read_id(const struct store_v1repo *repo, const char *path, const char **id,
    struct err *err)
{
	struct str text;
	enum result r = io_read(
	    repo->st, repo->arena, path, TAG_FILE_MAX, &text, err);

	if (r == RC_TOO_LARGE || (r == RC_OK && !is_id(&text)))
		return err_set(
		    err, RC_NOT_FOUND, "%s does not hold an image id", path);
	if (r != RC_OK)
		return r;
	*id = str_dup(repo->arena, text);
	return RC_OK;
}

static const char *
id_path(const struct store_v1repo *repo, const char *spelt)
{
	return arena_printf(repo->arena, "%s/tag_%s", repo->dir, spelt);
}

static const char *
meta_path(const struct store_v1repo *repo, const char *spelt)
{
	return arena_printf(repo->arena, "%s/tag%s_json", repo->dir, spelt);
}

/* The spelling under which the tag is there; the older if it is in neither. */
static const char *
find_spelling(const struct store_v1repo *repo, const char *tag)
{
	const char *older = v1spelling_tag(repo->arena, tag, V1SPELLING_OLDER);
	const char *newer = v1spelling_tag(repo->arena, tag, V1SPELLING_NEWER);

	if (strcmp(older, newer) != 0 &&
	    !io_exists(repo->st, id_path(repo, older)) &&
	    io_exists(repo->st, id_path(repo, newer)))
		return newer;
	return older;
}

/* A file that cannot be read may hold an id, and is not to be overwritten. */
static bool
is_id_file(const struct store_v1repo *repo, const char *path)
{
	struct err ignored;
	const char *id;

	return read_id(repo, path, &id, &ignored) != RC_NOT_FOUND;
}

/* The file of a tag "x_json" may be the json of another, "_x". */
static bool
is_meta(const char *tag)
{
	const char *end = strrchr(tag, '_');

	return end != NULL && strcmp(end, "_json") == 0;
}

enum result
store_v1tag_get(const struct store_v1repo *repo, const char *tag, const char **id,
    struct err *err)
{
	const char *path = id_path(repo, find_spelling(repo, tag));
	enum result r = read_id(repo, path, id, err);

	if (r == RC_NOT_FOUND && io_exists(repo->st, path) && !is_meta(tag))
		return damage_found(repo->st, repo->arena, path,
		    "it does not hold an image id",
		    "push the tag again, or delete it", err);
	return r;
}

enum result
store_v1tag_meta(const struct store_v1repo *repo, const char *tag, struct str *out,
    struct err *err)
{
	const char *path = meta_path(repo, find_spelling(repo, tag));

	if (is_id_file(repo, path))
		return err_set(
		    err, RC_NOT_FOUND, "%s is the id of another tag", path);
	return v1repo_document(repo, path, TAG_FILE_MAX, out, err);
}

enum result
store_v1tag_put(const struct store_v1repo *repo, const struct guard *held,
    const struct store_v1tag *tag, struct err *err)
{
	const char *spelt = find_spelling(repo, tag->name);
	struct store *st = repo->st;
	enum result r;

	assert(guard_covers(held, GUARD_REPOSITORY, repo->name));
	r = io_mkdirs(st, repo->dir, err);
	if (r == RC_OK && !is_id_file(repo, meta_path(repo, spelt)))
		r = io_put(st, repo->dir,
		    arena_printf(repo->arena, "tag%s_json", spelt), tag->meta, err);
	if (r == RC_OK && strcmp(tag->name, "latest") == 0)
		r = io_put(st, repo->dir, "json", tag->meta, err);
	if (r == RC_OK)
		r = io_sync(st, repo->dir, err);
	if (r == RC_OK)
		r = io_put(st, repo->dir,
		    arena_printf(repo->arena, "tag_%s", spelt), str_of(tag->id),
		    err);
	if (r == RC_OK)
		r = io_sync(st, repo->dir, err);
	return r;
}

static enum result
remove_id(const struct store_v1repo *repo, const char *path, struct err *err)
{
	enum result r = io_unlink(repo->st, path, err);

	return r == RC_OK ? io_sync(repo->st, repo->dir, err) : r;
}

/* The rest is removed even if the id is gone: an earlier removal may have been cut off after
 * it. */
enum result
store_v1tag_remove(const struct store_v1repo *repo, const struct guard *held,
    const char *tag, struct err *err)
{
	const char *spelt = find_spelling(repo, tag), *id;
	const char *path = id_path(repo, spelt), *meta = meta_path(repo, spelt);
	enum result there, r = RC_OK;
	bool any;

	assert(guard_covers(held, GUARD_REPOSITORY, repo->name));
	there = read_id(repo, path, &id, err);
	if (there == RC_OK)
		r = remove_id(repo, path, err);
	else if (there != RC_NOT_FOUND)
		return there;
	if (r == RC_OK && !is_id_file(repo, meta))
		r = io_unlink(repo->st, meta, err);
	if (r == RC_OK && strcmp(tag, "latest") == 0)
		r = io_unlink(repo->st, v1repo_path(repo, "json"), err);
	if (r == RC_OK)
		r = durable_absence(repo->st, path, err);
	if (r == RC_OK)
		r = listing_any(repo->st, repo->dir, &any, err);
	if (r == RC_OK && !any)
		r = v1repo_remove_dir(repo, err);
	return r == RC_OK ? there : r;
}

/* ---- all of them ---- */

/* The tag of the file tag_<spelt>. NULL: the tag is also there in the older spelling,
 * which counts, as in find_spelling(). */
static const char *
tag_name(const struct store_v1repo *repo, const char *spelt)
{
	const char *tag = v1spelling_read_tag(repo->arena, spelt);

	if (strcmp(tag, spelt) != 0 && io_exists(repo->st, id_path(repo, tag)))
		return NULL;
	return tag;
}

struct each {
	struct store_v1repo repo; /* in an arena that is cleared for each tag */
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
	arena_clear(e->repo.arena);
	e->r = read_id(&e->repo, v1repo_path(&e->repo, name), &id, e->err);
	tag = tag_name(&e->repo, name + strlen("tag_"));
	if (e->r == RC_OK)
		return tag == NULL || e->visit(e->arg, tag, id);
	if (e->r == RC_NOT_FOUND)
		e->r = RC_OK;
	return e->r == RC_OK;
}

enum result
store_v1tag_each(const struct store_v1repo *repo,
    bool (*visit)(void *arg, const char *tag, const char *id), void *arg,
    struct err *err)
{
	struct each e = {*repo, visit, arg, RC_OK, err};
	enum result r;

	e.repo.arena = arena_new();
	r = listing_in_order(
	    repo->st, (struct listing_from){repo->dir, "tag_"}, visit_tag, &e, err);
	arena_free(e.repo.arena);
	return r == RC_OK ? e.r : r;
}
