/* held.c: see held.h. */
#include "lib/held.h"

struct guard
hold(enum guard_kind kind, const char *key)
{
	struct guard g = {0};

	if (guard_take(store, kind, key, &g, &err) != RC_OK)
		bail_out(err.text);
	return g;
}

enum result
held_push_begin(const char *id, const struct store_v1push_begin *what)
{
	const struct store_v1image im = store_v1image_make(store, arena, id);
	struct guard g = hold(GUARD_IMAGE, id);
	enum result r = store_v1push_begin(&im, &g, what, &err);

	guard_release(&g);
	return r;
}

enum result
held_push_list(const char *id, struct store_v1pushes *out)
{
	const struct store_v1image im = store_v1image_make(store, arena, id);
	struct guard g = hold(GUARD_IMAGE, id);
	enum result r = store_v1push_list(&im, &g, out, &err);

	guard_release(&g);
	return r;
}

enum result
held_push_wait(const char *id, struct stage *sg, const struct store_v1pushes *begun)
{
	const struct store_v1image im = store_v1image_make(store, arena, id);
	struct guard g = hold(GUARD_IMAGE, id);
	enum result r = store_v1push_wait(&im, &g, sg, begun, &err);

	guard_release(&g);
	return r;
}

enum result
held_push_confirm(const char *id, const char *payload)
{
	const struct store_v1image im = store_v1image_make(store, arena, id);
	struct guard g = hold(GUARD_IMAGE, id);
	enum result r = store_v1push_confirm(&im, &g, payload, &err);

	guard_release(&g);
	return r;
}

enum result
held_image_put(const struct image *im, struct stage *layer)
{
	const struct store_v1image handle = store_v1image_make(
	    store, arena, im->id);
	const struct store_v1image_parts parts = {.json = im->json,
	    .ancestry = str_of(im->ancestry),
	    .checksum = str_of(arena_printf(arena, "sha256:%s", im->sum)),
	    .layer = layer};
	struct guard g = hold(GUARD_IMAGE, im->id);
	enum result r = store_v1image_put(&handle, &g, &parts, &err);

	guard_release(&g);
	return r;
}
