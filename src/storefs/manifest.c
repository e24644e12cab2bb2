/* manifest.c: see store/manifest.h.
 *
 * The order of the durable steps of a push:
 *	M1 blobs/<alg>/<hh>/<hex>/data		the bytes (blob.c)
 *	M2 _berth/type/<name>/<digest>		the media type, if the bytes do not name it
 *	M3 repositories/<name>/_manifests/revisions/<alg>/<hex>/link
 *	M4 the tag, if there is one (tag.c, T1 and T2)
 * Before M3 the directory `_layers` is made, empty: without it distribution 2.8 does not
 * see the repository, and its garbage collection removes what belongs to it.
 *
 * A removal goes the other way: the caller removes the tags; then the link goes, then the
 * media type. The bytes stay until they are collected. */
#include "store/manifest.h"

#include <assert.h>

#include "image/manifest.h"
#include "store/blob.h"
#include "storefs/damage.h"
#include "storefs/io.h"
#include "storefs/layout.h"
#include "storefs/link.h"

/* ---- what is there ---- */

/* A link may lead to bytes that are missing, damaged, or too many for a manifest. */
static enum result
or_unknown(enum result r)
{
	if (r == RC_NOT_FOUND || r == RC_BLOB_UNKNOWN || r == RC_TOO_LARGE)
		return RC_MANIFEST_UNKNOWN;
	return r;
}

static enum result
read_link(const struct store_repository *in, const struct digest *d,
    struct digest *out, struct err *err)
{
	return link_find(in, layout_revision(in->arena, in->name, d), d, out, err);
}

enum result
store_manifest_linked(const struct store_repository *in, const struct digest *d,
    struct digest *out, struct err *err)
{
	struct err why;
	enum result r = read_link(in, d, out, err), synced;

	if (r != RC_NOT_FOUND)
		return r;
	synced = durable_absence(in->store,
	    arena_printf(
		in->arena, "%s/link", layout_revision(in->arena, in->name, d)),
	    &why);
	if (synced == RC_OK)
		return RC_MANIFEST_UNKNOWN;
	*err = why;
	return synced;
}

enum result
store_manifest_find(const struct store_repository *in, const struct digest *d,
    struct digest *out, struct err *err)
{
	struct store_blob bytes;
	enum result r = read_link(in, d, out, err);

	if (r == RC_OK)
		r = store_blob_find_anywhere(
		    in->store, in->arena, out, &bytes, err);
	return or_unknown(r);
}

enum result
store_manifest_read_short(const struct store_repository *in, const struct digest *d,
    size_t limit, struct store_manifest *out, struct err *err)
{
	enum result r = read_link(in, d, &out->digest, err);

	if (r == RC_OK)
		r = store_blob_read(
		    in->store, in->arena, &out->digest, limit, &out->bytes, err);
	return r == RC_TOO_LARGE ? r : or_unknown(r);
}

enum result
store_manifest_read(const struct store_repository *in, const struct digest *d,
    struct store_manifest *out, struct err *err)
{
	return or_unknown(store_manifest_read_short(in, d, MANIFEST_MAX, out, err));
}

enum result
store_manifest_each(const struct store_repository *in,
    bool (*visit)(void *arg, const struct digest *d), void *arg, struct err *err)
{
	return link_each(
	    in->store, layout_revisions(in->arena, in->name), visit, arg, err);
}

/* ---- media types ---- */

static const char *
type_dir(const struct store_repository *in)
{
	return arena_printf(in->arena, IO_TYPE_DIR "/%s", in->name);
}

static const char *
type_path(const struct store_repository *in, const struct digest *d)
{
	return arena_printf(
	    in->arena, "%s/%s", type_dir(in), digest_text(in->arena, d));
}

enum result
store_manifest_type(const struct store_repository *in, const struct digest *d,
    struct str *out, struct err *err)
{
	const char *path = type_path(in, d);
	enum result r = io_read(
	    in->store, in->arena, path, STORE_MANIFEST_TYPE_MAX, out, err);

	if (r == RC_TOO_LARGE || (r == RC_OK && !manifest_type_is(*out)))
		return damage_found(in->store, in->arena, path,
		    "it is not a media type", "push the manifest again", err);
	return r;
}

static enum result
remove_type(
    const struct store_repository *in, const struct digest *d, struct err *err)
{
	enum result r = io_unlink(in->store, type_path(in, d), err);

	if (r == RC_OK)
		r = io_sync(in->store, type_dir(in), err);
	return r == RC_NOT_FOUND ? RC_OK : r; /* the repository keeps no types */
}

/* M2. One that was kept before and is not needed now is removed. */
static enum result
keep_type(const struct store_repository *in, const struct digest *d,
    struct str type, struct err *err)
{
	const char *dir = type_dir(in);
	enum result r;

	if (type.n == 0)
		return remove_type(in, d, err);
	r = io_mkdirs(in->store, dir, err);
	if (r == RC_OK)
		r = io_put(in->store, dir, digest_text(in->arena, d), type, err);
	if (r == RC_OK)
		r = io_sync(in->store, dir, err);
	return r;
}

/* ---- changes ---- */

enum result
store_manifest_put(const struct store_repository *in, const struct guard *held,
    const struct store_manifest *m, struct str type, struct err *err)
{
	const struct digest *d = &m->digest;
	enum result r;

	assert(guard_covers(held, GUARD_REPOSITORY, in->name));
	if (type.n > STORE_MANIFEST_TYPE_MAX)
		return err_set(err, RC_BAD_MANIFEST,
		    "the media type has %zu bytes, at most %d are allowed", type.n,
		    STORE_MANIFEST_TYPE_MAX);
	r = store_blob_put_bytes(in->store, in->arena, m->bytes, d, err);
	if (r == RC_OK)
		r = keep_type(in, d, type, err);
	if (r == RC_OK)
		r = io_mkdirs(in->store, layout_layers(in->arena, in->name), err);
	if (r == RC_OK)
		r = link_write(in, layout_revision(in->arena, in->name, d), d, err);
	return r;
}

/* Any name in the directory of tags stands for all of them: that none is there becomes
 * durable. */
enum result
store_manifest_remove(const struct store_repository *in, const struct guard *held,
    const struct digest *d, struct err *err)
{
	const char *any_tag = arena_printf(
	    in->arena, "%s/_", layout_tags(in->arena, in->name));
	enum result r;

	assert(guard_covers(held, GUARD_REPOSITORY, in->name));
	r = durable_absence(in->store, any_tag, err);
	if (r == RC_OK)
		r = link_remove(in, layout_revision(in->arena, in->name, d), err);
	if (r == RC_OK)
		r = remove_type(in, d, err);
	return or_unknown(r);
}
