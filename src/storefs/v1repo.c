/* v1repo.c: see v1repo.h. */
#include "store/v1repo.h"

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

/* Looks for the name in that spelling; a directory that is another name's is not there. */
static enum result
look(const struct store *st, struct arena *a, const struct v1name *name,
    enum v1spelling how, struct store_v1repo *out, struct err *err)
{
	out->dir = v1spelling_repository(a, name, how);
	out->there = false;
	if (!v1spelling_is_own(a, name, how))
		return err_set(err, RC_BAD_NAME,
		    "the directory for this name is that of another repository");
	return listing_any(st, out->dir, &out->there, err);
}

enum result
store_v1repo_find(const struct store *st, struct arena *a,
    const struct v1name *name, struct store_v1repo *out, struct err *err)
{
	enum result newer = look(st, a, name, V1SPELLING_NEWER, out, err), older;
	struct store_v1repo other;
	struct err why;

	if (out->there || (newer != RC_OK && newer != RC_BAD_NAME))
		return newer;
	older = look(st, a, name, V1SPELLING_OLDER, &other, &why);
	if (older == RC_BAD_NAME) /* too long, or another's */
		return newer;
	*out = other;
	*err = why;
	return older;
}

/* The name of the repository whose directory has this spelling. NULL: there is none. */
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
    const struct store *st, struct arena *a, struct v1name *name, struct err *err)
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

static enum result
put(struct store *st, const struct store_v1repo *repo, const char *file,
    struct str text, struct err *err)
{
	enum result r = io_mkdirs(st, repo->dir, err);

	if (r == RC_OK)
		r = io_put(st, repo->dir, file, text, err);
	if (r == RC_OK)
		r = io_sync(st, repo->dir, err);
	return r;
}

enum result
store_v1repo_document(const struct store *st, struct arena *a, const char *path,
    size_t limit, struct str *out, struct err *err)
{
	enum result r = io_read(st, a, path, limit, out, err);

	if (r == RC_OK && !json_is_closed(*out))
		return damage_found(st, a, path, "it is empty, or cut off",
		    "push the repository again", err);
	return r;
}

enum result
store_v1repo_images(const struct store *st, struct arena *a,
    const struct store_v1repo *repo, struct str *out, struct err *err)
{
	return store_v1repo_document(st, a,
	    arena_printf(a, "%s/_index_images", repo->dir), IMAGELIST_MAX, out,
	    err);
}

/* A list may be long: to look for one image, it need not be read as a whole. */
enum result
store_v1repo_open_images(const struct store *st, struct arena *a,
    const struct store_v1repo *repo, struct store_reader **out, struct err *err)
{
	return content_open_file(
	    st, a, arena_printf(a, "%s/_index_images", repo->dir), out, err);
}

enum result
store_v1repo_set_images(struct store *st, const struct store_v1repo *repo,
    struct str text, struct err *err)
{
	return put(st, repo, "_index_images", text, err);
}

enum result
store_v1repo_granted(const struct store *st, struct arena *a,
    const struct store_v1repo *repo, struct str *out, struct err *err)
{
	return store_v1repo_document(st, a,
	    arena_printf(a, "%s/_images_list", repo->dir), IMAGELIST_MAX, out, err);
}

enum result
store_v1repo_open_granted(const struct store *st, struct arena *a,
    const struct store_v1repo *repo, struct store_reader **out, struct err *err)
{
	return content_open_file(
	    st, a, arena_printf(a, "%s/_images_list", repo->dir), out, err);
}

enum result
store_v1repo_set_granted(struct store *st, const struct store_v1repo *repo,
    struct str text, struct err *err)
{
	return put(st, repo, "_images_list", text, err);
}

enum result
store_v1repo_is_private(const struct store *st, struct arena *a,
    const struct store_v1repo *repo, bool *out, struct err *err)
{
	enum result r = io_is_taken(
	    st, arena_printf(a, "%s/_private", repo->dir), out, err);

	return r == RC_NOT_FOUND ? RC_OK : r;
}

enum result
store_v1repo_set_private(struct store *st, struct arena *a,
    const struct store_v1repo *repo, bool on, struct err *err)
{
	const char *path = arena_printf(a, "%s/_private", repo->dir);
	enum result r;

	if (on)
		return put(st, repo, "_private", str_of(NULL), err);
	r = io_unlink(st, path, err);
	return r == RC_OK ? durable_absence(st, path, err) : r;
}

enum result
store_v1repo_meta(const struct store *st, struct arena *a,
    const struct store_v1repo *repo, struct str *out, struct err *err)
{
	return store_v1repo_document(
	    st, a, arena_printf(a, "%s/json", repo->dir), META_MAX, out, err);
}

/* docker-registry writes over a tag in place: its directory stays as it is. */
uint64_t
store_v1repo_version(
    const struct store *st, struct arena *a, const struct store_v1repo *repo)
{
	return fingerprint_of(st, repo->dir) +
	       fingerprint_of(st, arena_printf(a, "%s/tag_latest", repo->dir));
}

enum result
store_v1repo_remove(struct store *st, struct arena *a,
    const struct store_v1repo *repo, struct err *err)
{
	const char *slash = strrchr(repo->dir, '/');

	return io_remove_dir(st,
	    arena_strndup(a, repo->dir, (size_t)(slash - repo->dir)), slash + 1,
	    err);
}

enum result
store_v1repo_sync_absence(
    const struct store *st, const struct store_v1repo *repo, struct err *err)
{
	return durable_absence(st, repo->dir, err);
}
