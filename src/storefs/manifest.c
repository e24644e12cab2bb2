/* manifest.c: see manifest.h. */
#include "store/manifest.h"

#include "image/manifest.h"
#include "store/blob.h"
#include "storefs/damage.h"
#include "storefs/io.h"
#include "storefs/layout.h"
#include "storefs/link.h"

/* ---- what is there ---- */

/* Also what is linked, but can be no manifest. */
static enum result
or_unknown(enum result r)
{
	if (r == RC_NOT_FOUND || r == RC_BLOB_UNKNOWN || r == RC_TOO_LARGE)
		return RC_MANIFEST_UNKNOWN;
	return r;
}

static enum result
read_link(const struct store *st, struct arena *a, const char *name,
    const struct digest *d, struct digest *out, struct err *err)
{
	return link_find(st, a, layout_revision(a, name, d), d, out, err);
}

enum result
store_manifest_linked(const struct store *st, struct arena *a, const char *name,
    const struct digest *d, struct digest *out, struct err *err)
{
	return or_unknown(read_link(st, a, name, d, out, err));
}

enum result
store_manifest_find(const struct store *st, struct arena *a, const char *name,
    const struct digest *d, struct digest *out, struct err *err)
{
	struct store_blob bytes;
	enum result r = read_link(st, a, name, d, out, err);

	if (r == RC_OK)
		r = store_blob_find_anywhere(st, a, out, &bytes, err);
	return or_unknown(r);
}

enum result
store_manifest_read(const struct store *st, struct arena *a, const char *name,
    const struct digest *d, struct store_manifest *out, struct err *err)
{
	enum result r = read_link(st, a, name, d, &out->digest, err);

	if (r == RC_OK)
		r = store_blob_read(
		    st, a, &out->digest, MANIFEST_MAX, &out->bytes, err);
	return or_unknown(r);
}

enum result
store_manifest_read_short(const struct store *st, struct arena *a, const char *name,
    const struct digest *d, size_t limit, struct store_manifest *out,
    struct err *err)
{
	enum result r = read_link(st, a, name, d, &out->digest, err);

	if (r == RC_OK)
		r = store_blob_read(st, a, &out->digest, limit, &out->bytes, err);
	return r == RC_TOO_LARGE ? r : or_unknown(r);
}

enum result
store_manifest_each(const struct store *st, const char *name,
    bool (*visit)(void *arg, const struct digest *d), void *arg, struct err *err)
{
	struct arena *a = arena_new();
	enum result r = link_each(st, layout_revisions(a, name), visit, arg, err);

	arena_free(a);
	return r;
}

/* ---- the note of a media type ---- */

static const char *
type_dir(struct arena *a, const char *name)
{
	return arena_printf(a, IO_TYPE_DIR "/%s", name);
}

static const char *
type_path(struct arena *a, const char *name, const struct digest *d)
{
	return arena_printf(a, "%s/%s", type_dir(a, name), digest_text(a, d));
}

enum result
store_manifest_type(const struct store *st, struct arena *a, const char *name,
    const struct digest *d, struct str *out, struct err *err)
{
	const char *path = type_path(a, name, d);
	enum result r = io_read(st, a, path, STORE_MANIFEST_TYPE_MAX, out, err);

	if (r == RC_TOO_LARGE || (r == RC_OK && !manifest_type_is(*out)))
		return damage_found(st, a, path, "it is not a media type",
		    "push the manifest again", err);
	return r;
}

static enum result
note_type(struct store *st, struct arena *a, const char *name,
    const struct digest *d, struct str type, struct err *err)
{
	const char *dir = type_dir(a, name);
	enum result r = io_mkdirs(st, dir, err);

	if (r == RC_OK)
		r = io_put(st, dir, digest_text(a, d), type, err);
	return r == RC_OK ? io_sync(st, dir, err) : r;
}

static enum result
drop_type(struct store *st, struct arena *a, const char *name,
    const struct digest *d, struct err *err)
{
	const char *path = type_path(a, name, d);
	enum result r;

	r = io_unlink(st, path, err);
	if (r == RC_OK)
		r = io_sync(st, type_dir(a, name), err);
	return r == RC_NOT_FOUND ? RC_OK : r; /* the repository has no notes */
}

/* ---- changes ---- */

enum result
store_manifest_put(struct store *st, struct arena *a, const char *name,
    const struct store_manifest *m, struct str type, struct err *err)
{
	const struct digest *d = &m->digest;
	enum result r;

	if (type.n > STORE_MANIFEST_TYPE_MAX)
		return err_set(err, RC_BAD_MANIFEST,
		    "a media type has at most %d bytes", STORE_MANIFEST_TYPE_MAX);
	r = store_blob_put_bytes(st, a, m->bytes, d, err);
	if (r == RC_OK)
		r = type.n > 0 ? note_type(st, a, name, d, type, err)
			       : drop_type(st, a, name, d, err);
	if (r == RC_OK)
		r = io_mkdirs(st, layout_layers(a, name), err);
	if (r == RC_OK)
		r = link_write(st, a, layout_revision(a, name, d), d, err);
	return r;
}

enum result
store_manifest_remove(struct store *st, struct arena *a, const char *name,
    const struct digest *d, struct err *err)
{
	const char *any_tag = arena_printf(a, "%s/_", layout_tags(a, name));
	enum result r = durable_absence(st, any_tag, err);

	if (r == RC_OK)
		r = link_remove(st, a, layout_revision(a, name, d), err);
	if (r == RC_OK)
		r = drop_type(st, a, name, d, err);
	return or_unknown(r);
}

enum result
store_manifest_sync_absence(const struct store *st, struct arena *a,
    const char *name, const struct digest *d, struct err *err)
{
	const char *link = arena_printf(a, "%s/link", layout_revision(a, name, d));

	return durable_absence(st, link, err);
}
