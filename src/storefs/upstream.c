/* upstream.c: see store/upstream.h.
 *
 *	_berth/mirror/image/<id>/	json, ancestry, facts (the layer's size and checksum, as the
 *					upstream gave them); layer and length (partial.c)
 *	_berth/mirror/repo/<name>/	tags, images; the name is percent-encoded, as one part */
#include "store/upstream.h"

#include <assert.h>

#include "base/percent.h"
#include "storefs/io.h"
#include "storefs/listing.h"
#include "storefs/stage.h"

#define ANSWER_MAX ((size_t)16 << 20) /* bytes: a list of images */
#define IMAGES     IO_MIRROR_DIR "/image"
#define REPOS      IO_MIRROR_DIR "/repo"

static const char *
dir_of(struct arena *a, const char *parent, const char *key)
{
	return arena_printf(
	    a, "%s/%s", parent, percent_encode(a, str_of(key), "_-", false));
}

struct store_upstream
store_upstream_image(struct store *st, struct arena *a, const char *id)
{
	return (struct store_upstream){st, a, dir_of(a, IMAGES, id)};
}

struct store_upstream
store_upstream_repository(struct store *st, struct arena *a, const char *name)
{
	return (struct store_upstream){st, a, dir_of(a, REPOS, name)};
}

enum result
store_upstream_answer(const struct store_upstream *up, const char *what,
    struct str *out, int64_t *age, struct err *err)
{
	const char *path = arena_printf(up->arena, "%s/%s", up->dir, what);
	struct stat sb;
	enum result r = io_read(up->st, up->arena, path, ANSWER_MAX, out, err);

	if (r == RC_OK && age != NULL) {
		r = io_stat(up->st, path, &sb, err);
		*age = r == RC_OK ? io_age(&sb) : 0;
	}
	return r;
}

enum result
store_upstream_set_answer(const struct store_upstream *up, const char *what,
    struct str text, struct err *err)
{
	enum result r = io_mkdirs(up->st, up->dir, err);

	return r == RC_OK ? io_put(up->st, up->dir, what, text, err) : r;
}

enum result
store_upstream_drop(
    struct store *st, const struct guard *held, const char *id, struct err *err)
{
	enum result r;

	assert(guard_covers(held, GUARD_MIRROR, id));
	r = io_remove_dir(st, IMAGES, id, err);
	return r == RC_NOT_FOUND ? RC_OK : r;
}

/* ---- sweeping ---- */

struct sweep {
	struct store *st;
	struct arena *arena; /* of one image or repository */
	const char *parent;
	int64_t oldest; /* age in seconds */
	unsigned n;
};

/* The age of the youngest file in it, because a directory's own changes with its names
 * alone. 0 if it cannot be found out. */
static int64_t
age_of_dir(const struct sweep *s, const char *dir)
{
	struct listing names;
	struct err ignored;
	struct stat sb;
	int64_t age;
	size_t i;

	if (io_stat(s->st, dir, &sb, &ignored) != RC_OK)
		return 0;
	age = io_age(&sb);
	if (listing_page(s->st, s->arena, (struct listing_from){dir}, &names,
		&ignored) != RC_OK)
		return 0;
	for (i = 0; i < names.n; i++)
		if (io_stat(s->st,
			arena_printf(s->arena, "%s/%s", dir, names.names[i]), &sb,
			&ignored) == RC_OK &&
		    io_age(&sb) < age)
			age = io_age(&sb);
	return age;
}

/* Under the guard, for while it is free nobody fetches the layer: what came of it is of no
 * use then, however young it is. */
static enum result
sweep_one(void *arg, const char *name, struct err *err)
{
	struct sweep *s = arg;
	struct guard held = {0};
	const char *dir, *layer;
	enum result r = RC_OK;
	bool old;

	arena_clear(s->arena);
	dir = arena_printf(s->arena, "%s/%s", s->parent, name);
	layer = arena_printf(s->arena, "%s/layer", dir);
	old = age_of_dir(s, dir) >= s->oldest;
	if (!old && !io_exists(s->st, layer))
		return RC_OK;
	r = guard_try(s->st, GUARD_MIRROR, name, &held, err);
	if (r == RC_OK && guard_is_held(&held)) {
		r = old ? io_remove_dir(s->st, s->parent, name, err)
			: io_unlink(s->st, layer, err);
		s->n += r == RC_OK;
	}
	guard_release(&held);
	return r;
}

enum result
store_upstream_sweep(struct store *st, unsigned age, unsigned *n, struct err *err)
{
	static const char *const parents[] = {IMAGES, REPOS};
	struct sweep s = {.st = st, .arena = arena_new(), .oldest = age};
	enum result r = RC_OK;
	size_t i;

	for (i = 0; r == RC_OK && i < sizeof(parents) / sizeof(parents[0]); i++) {
		s.parent = parents[i];
		r = listing_sweep(st, s.parent, sweep_one, &s, err);
	}
	arena_free(s.arena);
	*n = s.n;
	return r;
}
