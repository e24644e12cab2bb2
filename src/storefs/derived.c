/* derived.c: see store/derived.h.
 *
 *	_berth/derived/<id>_files, <id>_diff	computed here
 *	images/<id>/_files, _diff		computed by docker-registry 0.7 and later */
#include "store/derived.h"

#include <assert.h>

#include "storefs/content.h"
#include "storefs/io.h"
#include "storefs/listing.h"
#include "storefs/v1image.h"
#include "storefs/writing.h"

#define USED_S 86400 /* a file in use gets a new time so often */

static const char *
name_of(enum store_derived which)
{
	return which == STORE_DERIVED_FILES ? "_files" : "_diff";
}

static const char *
own_name(const struct store_v1image *im, enum store_derived which)
{
	return arena_printf(im->arena, "%s%s", im->id, name_of(which));
}

static const char *
own_path(const struct store_v1image *im, enum store_derived which)
{
	return arena_printf(
	    im->arena, IO_DERIVED_DIR "/%s%s", im->id, name_of(which));
}

static const char *
guard_key(const struct store_v1image *im, enum store_derived which)
{
	return arena_printf(im->arena, "%s/%s", im->id, name_of(which));
}

enum result
store_derived_guard(const struct store_v1image *im, enum store_derived which,
    struct guard *out, struct err *err)
{
	return guard_take(im->st, GUARD_DERIVED, guard_key(im, which), out, err);
}

enum result
store_derived_find(const struct store_v1image *im, enum store_derived which,
    const struct content **out, struct err *err)
{
	const char *own = own_path(im, which);
	struct err ignored;
	struct io_found found;
	enum result r = io_find_file(im->st, im->arena, own, &found, err);

	if (r == RC_OK && io_age(&found.sb) > USED_S)
		(void)io_touch(im->st, own, NULL, &ignored);
	if (r == RC_NOT_FOUND)
		r = io_find_file(im->st, im->arena,
		    v1image_path(im, name_of(which)), &found, err);
	if (r == RC_OK)
		*out = content_make(
		    im->arena, found.path, (uint64_t)found.sb.st_size);
	return r;
}

enum result
store_derived_open(const struct store_v1image *im, enum store_derived which,
    struct store_reader **out, struct err *err)
{
	const struct content *file;
	enum result r = store_derived_find(im, which, &file, err);

	if (r != RC_OK)
		return r;
	return store_content_open(im->st, im->arena, file, out, err);
}

/* ---- to write ---- */

enum result
store_derived_put(const struct store_v1image *im, const struct guard *held,
    enum store_derived which, const struct store_derived_maker *maker,
    struct err *err)
{
	const struct writing_place to = {IO_DERIVED_DIR, own_name(im, which)};
	struct err why = {""};
	struct writing *w;
	enum result r;

	assert(guard_covers(held, GUARD_DERIVED, guard_key(im, which)));
	r = writing_begin(im->st, im->arena, own_path(im, which), &w, err);
	if (r != RC_OK)
		return r;
	r = maker->write(maker->arg, writing_sink(w), &why);
	return writing_end(w, r, &why, to, err);
}

/* ---- to remove ---- */

/* In the directory of the image the caller's next io_sync() makes it durable. */
enum result
store_derived_forget(
    const struct store_v1image *im, const struct guard *held, struct err *err)
{
	static const enum store_derived each[] = {
	    STORE_DERIVED_FILES, STORE_DERIVED_DIFF};
	enum result r = RC_OK;
	bool own = false;
	size_t i;

	assert(guard_covers(held, GUARD_IMAGE, im->id));
	for (i = 0; r == RC_OK && i < sizeof(each) / sizeof(each[0]); i++) {
		const char *path = own_path(im, each[i]);

		own = own || io_exists(im->st, path);
		r = io_unlink(im->st, path, err);
		if (r == RC_OK)
			r = io_unlink(
			    im->st, v1image_path(im, name_of(each[i])), err);
	}
	return r == RC_OK && own ? io_sync(im->st, IO_DERIVED_DIR, err) : r;
}

struct sweep {
	struct store *st;
	struct arena *arena; /* of one file */
	int64_t age;
	unsigned removed;
};

static enum result
sweep_one(void *arg, const char *name, struct err *err)
{
	struct sweep *s = arg;
	const char *path;
	struct stat sb;
	enum result r;

	arena_clear(s->arena);
	path = arena_printf(s->arena, IO_DERIVED_DIR "/%s", name);
	r = io_stat(s->st, path, &sb, err);
	if (r == RC_OK && S_ISREG(sb.st_mode) && io_age(&sb) > s->age) {
		r = io_unlink(s->st, path, err);
		s->removed += r == RC_OK;
	}
	return r;
}

enum result
store_derived_sweep(
    struct store *st, int64_t age, unsigned *removed, struct err *err)
{
	struct sweep s = {.st = st, .arena = arena_new(), .age = age};
	enum result r = listing_sweep(st, IO_DERIVED_DIR, sweep_one, &s, err);

	arena_free(s.arena);
	*removed = s.removed;
	return r;
}
