/* v1repo.c: see store/v1repo.h.
 *
 * A repository is the directory repositories/<ns>/<repo> (v1spelling.h: how its name is spelt):
 *
 *	_index_images	the images that clients announced
 *	_images_list	the ids that an index granted
 *	_private	the repository is private, whatever this is
 *	json		who pushed the tag "latest"
 *	tag*		its tags (v1tag.c) */
#include "storefs/v1repo.h"

#include <assert.h>
#include <string.h>

#include "base/json_closed.h"
#include "image/imagelist.h"
#include "storefs/content.h"
#include "storefs/damage.h"
#include "storefs/fingerprint.h"
#include "storefs/io.h"
#include "storefs/listing.h"
#include "storefs/v1spelling.h"

#define META_MAX ((size_t)1 << 20) /* bytes: a User-Agent may be long */

/* ---- where it is ---- */

/* Looks for the name in that spelling. A directory that is another name's counts as missing. */
static enum result
find_spelling(struct store_v1repo *repo, const struct v1name *name,
    enum v1spelling how, struct err *err)
{
	repo->dir = v1spelling_repository(repo->arena, name, how);
	repo->there = false;
	if (!v1spelling_is_own(repo->arena, name, how))
		return err_set(err, RC_BAD_NAME,
		    "the directory for this name is that of another repository");
	return listing_any(repo->st, repo->dir, &repo->there, err);
}

enum result
store_v1repo_find(struct store *st, struct arena *a, const struct v1name *name,
    struct store_v1repo *out, struct err *err)
{
	struct store_v1repo other = {
	    .st = st, .arena = a, .name = v1name_full(a, name)};
	struct err why;
	enum result newer, older;

	*out = other;
	newer = find_spelling(out, name, V1SPELLING_NEWER, err);
	if (out->there || (newer != RC_OK && newer != RC_BAD_NAME))
		return newer;
	older = find_spelling(&other, name, V1SPELLING_OLDER, &why);
	if (older == RC_BAD_NAME) /* too long, or another's */
		return newer;
	*out = other;
	*err = why;
	return older;
}

bool
store_v1repo_exists(const struct store_v1repo *repo)
{
	return repo->there;
}

/* The name of the repository whose directory has this spelling. NULL: none has. */
static const char *
other_name(const struct store *st, struct arena *a, const struct v1name *name,
    enum v1spelling how)
{
	const char *dir = v1spelling_repository(a, name, how);
	struct str rest = str_of(dir), ns;
	struct err ignored;
	bool there = false;

	if (listing_any(st, dir, &there, &ignored) != RC_OK || !there)
		return NULL;
	(void)str_cut(&rest, '/');
	ns = str_cut(&rest, '/');
	return v1spelling_read(a, str_dup(a, ns), str_dup(a, rest));
}

enum result
store_v1repo_resolve(
    struct store *st, struct arena *a, struct v1name *name, struct err *err)
{
	const char *full;
	struct store_v1repo repo;
	struct err ignored;

	if (v1spelling_is_plain(a, name) ||
	    (store_v1repo_find(st, a, name, &repo, &ignored) == RC_OK &&
		repo.there))
		return RC_OK;
	full = other_name(st, a, name, V1SPELLING_NEWER);
	if (full == NULL)
		full = other_name(st, a, name, V1SPELLING_OLDER);
	return full == NULL ? RC_OK : v1name_parse(a, str_of(full), name, err);
}

const char *
v1repo_path(const struct store_v1repo *repo, const char *file)
{
	return arena_printf(repo->arena, "%s/%s", repo->dir, file);
}

/* ---- its documents ---- */

static enum result
put_file(const struct store_v1repo *repo, const char *file, struct str text,
    struct err *err)
{
	enum result r = io_mkdirs(repo->st, repo->dir, err);

	if (r == RC_OK)
		r = io_put(repo->st, repo->dir, file, text, err);
	if (r == RC_OK)
		r = io_sync(repo->st, repo->dir, err);
	return r;
}

enum result
v1repo_document(const struct store_v1repo *repo, const char *path, size_t limit,
    struct str *out, struct err *err)
{
	enum result r = io_read(repo->st, repo->arena, path, limit, out, err);

	if (r == RC_OK && !json_is_closed(*out))
		return damage_found(repo->st, repo->arena, path,
		    "it is empty, or cut off", "push the repository again", err);
	return r;
}

enum result
store_v1repo_images(
    const struct store_v1repo *repo, struct str *out, struct err *err)
{
	return v1repo_document(
	    repo, v1repo_path(repo, "_index_images"), IMAGELIST_MAX, out, err);
}

enum result
store_v1repo_open_images(
    const struct store_v1repo *repo, struct store_reader **out, struct err *err)
{
	return content_open_file(
	    repo->st, repo->arena, v1repo_path(repo, "_index_images"), out, err);
}

enum result
store_v1repo_set_images(const struct store_v1repo *repo, const struct guard *held,
    struct str text, struct err *err)
{
	assert(guard_covers(held, GUARD_REPOSITORY, repo->name));
	return put_file(repo, "_index_images", text, err);
}

enum result
store_v1repo_granted(
    const struct store_v1repo *repo, struct str *out, struct err *err)
{
	return v1repo_document(
	    repo, v1repo_path(repo, "_images_list"), IMAGELIST_MAX, out, err);
}

enum result
store_v1repo_open_granted(
    const struct store_v1repo *repo, struct store_reader **out, struct err *err)
{
	return content_open_file(
	    repo->st, repo->arena, v1repo_path(repo, "_images_list"), out, err);
}

enum result
store_v1repo_set_granted(const struct store_v1repo *repo, const struct guard *held,
    struct str text, struct err *err)
{
	assert(guard_covers(held, GUARD_REPOSITORY, repo->name));
	return put_file(repo, "_images_list", text, err);
}

enum result
store_v1repo_is_private(const struct store_v1repo *repo, bool *out, struct err *err)
{
	enum result r = io_is_taken(
	    repo->st, v1repo_path(repo, "_private"), out, err);

	return r == RC_NOT_FOUND ? RC_OK : r;
}

enum result
store_v1repo_set_private(const struct store_v1repo *repo, const struct guard *held,
    bool on, struct err *err)
{
	const char *path = v1repo_path(repo, "_private");
	enum result r;

	assert(guard_covers(held, GUARD_REPOSITORY, repo->name));
	if (on)
		return put_file(repo, "_private", str_of(NULL), err);
	r = io_unlink(repo->st, path, err);
	return r == RC_OK ? durable_absence(repo->st, path, err) : r;
}

enum result
store_v1repo_meta(const struct store_v1repo *repo, struct str *out, struct err *err)
{
	return v1repo_document(repo, v1repo_path(repo, "json"), META_MAX, out, err);
}

/* docker-registry writes over a tag in place: its directory stays as it is. */
struct str
store_v1repo_version(const struct store_v1repo *repo)
{
	return fingerprint_text(repo->arena,
	    fingerprint_of(repo->st, repo->dir) +
		fingerprint_of(repo->st, v1repo_path(repo, "tag_latest")));
}

/* ---- to remove it ---- */

enum result
v1repo_remove_dir(const struct store_v1repo *repo, struct err *err)
{
	const char *slash = strrchr(repo->dir, '/');

	return io_remove_dir(repo->st,
	    arena_strndup(repo->arena, repo->dir, (size_t)(slash - repo->dir)),
	    slash + 1, err);
}

/* A client that gets "unknown" may rely on it. */
enum result
store_v1repo_remove(
    const struct store_v1repo *repo, const struct guard *held, struct err *err)
{
	bool any;
	enum result r;

	assert(guard_covers(held, GUARD_REPOSITORY, repo->name));
	r = listing_any(repo->st, repo->dir, &any, err);
	if (r == RC_OK && any)
		return v1repo_remove_dir(repo, err);
	if (r == RC_OK)
		r = durable_absence(repo->st, repo->dir, err);
	if (r == RC_OK)
		r = err_set(err, RC_NOT_FOUND, "no repository %s", repo->name);
	return r;
}
