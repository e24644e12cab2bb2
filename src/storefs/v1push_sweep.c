/* v1push_sweep.c: see v1push.h. */
#include "store/v1push.h"

#include <string.h>

#include "base/clock.h"
#include "image/v1name.h"
#include "store/guard.h"
#include "store/v1image.h"
#include "storefs/io.h"
#include "storefs/listing.h"

static enum result
sweep_one(struct store *st, struct arena *a, const char *id, int64_t age,
    unsigned *removed, struct err *err)
{
	struct guard lock = {0};
	enum store_v1image_state state;
	struct stat sb;
	enum result r;

	r = guard_take(st, GUARD_IMAGE, id, &lock, err);
	if (r == RC_OK)
		r = io_stat(st, arena_printf(a, IO_PUSH_DIR "/%s", id), &sb, err);
	if (r != RC_OK || sb.st_mtime + age > clock_now())
		goto out;
	r = store_v1image_state(st, id, &state, err);
	if (r == RC_OK &&
	    (state == STORE_V1IMAGE_ABSENT || state == STORE_V1IMAGE_UNFINISHED) &&
	    io_exists(st, store_v1image_dir(a, id)))
		r = io_remove_dir(st, "images", id, err);
	if (r == RC_OK)
		r = io_remove_dir(st, IO_PUSH_DIR, id, err);
	if (r == RC_OK)
		(*removed)++;
out:
	guard_release(&lock);
	return r == RC_NOT_FOUND ? RC_OK : r;
}

/* One that fails does not stop the others; the first failure is told. */
enum result
store_v1push_sweep(
    struct store *st, int64_t age, unsigned *removed, struct err *err)
{
	struct arena *a = arena_new();
	struct listing page = {.last = false};
	char after[V1NAME_MAX_BYTES + 1] = "";
	enum result r = RC_OK, first = RC_OK;
	struct err why;
	size_t i;

	*removed = 0;
	while (r == RC_OK && !page.last) {
		arena_clear(a);
		r = listing_page(st, a, IO_PUSH_DIR, after, &page, err);
		for (i = 0; r == RC_OK && i < page.n; i++) {
			enum result one = RC_OK;

			if (v1name_is_image_id(str_of(page.names[i])))
				one = sweep_one(
				    st, a, page.names[i], age, removed, &why);
			if (one != RC_OK && first == RC_OK) {
				first = one;
				*err = why;
			}
		}
		if (page.n > 0)
			(void)strncpy(
			    after, page.names[page.n - 1], V1NAME_MAX_BYTES);
	}
	arena_free(a);
	return r == RC_OK ? first : r;
}
