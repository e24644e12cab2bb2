/* v1push_sweep.c: store_v1push_sweep(), see store/v1push.h. */
#include "store/v1push.h"

#include "image/v1name.h"
#include "storefs/io.h"
#include "storefs/listing.h"
#include "storefs/v1image.h"
#include "storefs/v1push_query.h"

struct sweep {
	struct store *st;
	struct arena *arena; /* of one push */
	int64_t age;
	unsigned removed;
};

/* Held by the caller: GUARD_IMAGE. */
static enum result
remove_if_old(struct sweep *s, const struct store_v1image *im, struct err *err)
{
	enum store_v1image_state state;
	struct stat sb;
	enum result r = io_stat(s->st, v1push_query_dir(im), &sb, err);

	if (r != RC_OK || io_age(&sb) < s->age)
		return r;
	r = store_v1image_state(im, &state, err);
	if (r == RC_OK &&
	    (state == STORE_V1IMAGE_ABSENT || state == STORE_V1IMAGE_UNFINISHED) &&
	    io_exists(s->st, v1image_dir(im)))
		r = io_remove_dir(s->st, "images", im->id, err);
	if (r == RC_OK)
		r = io_remove_dir(s->st, IO_PUSH_DIR, im->id, err);
	s->removed += r == RC_OK;
	return r;
}

static enum result
sweep_one(void *arg, const char *id, struct err *err)
{
	struct sweep *s = arg;
	struct store_v1image im = store_v1image_make(s->st, s->arena, id);
	struct guard held = {0};
	enum result r;

	if (!v1name_is_image_id(str_of(id)))
		return RC_OK;
	arena_clear(s->arena);
	r = guard_take(s->st, GUARD_IMAGE, id, &held, err);
	if (r == RC_OK)
		r = remove_if_old(s, &im, err);
	guard_release(&held);
	return r;
}

enum result
store_v1push_sweep(
    struct store *st, int64_t age, unsigned *removed, struct err *err)
{
	struct sweep s = {.st = st, .arena = arena_new(), .age = age};
	enum result r = listing_sweep(st, IO_PUSH_DIR, sweep_one, &s, err);

	arena_free(s.arena);
	*removed = s.removed;
	return r;
}
