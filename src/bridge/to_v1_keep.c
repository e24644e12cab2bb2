/* to_v1_keep.c: to_v1_keep() of to_v1.h. Images are written base first, so
 * that each that is there has those below it, whatever interrupts this. */
#include "bridge/to_v1.h"

#include "bridge/make.h"
#include "bridge/to_v1_find.h"
#include "bridge/to_v1_layer.h"
#include "image/hash.h"
#include "registry/v1image.h"
#include "store/bridge.h"
#include "store/guard.h"
#include "store/v1image.h"

/* The layer, and the sum that API v1 knows it by. */
static enum result
read_layer(const struct task *t, const struct to_v1_found *found, size_t at,
    struct store_v1image_parts *out)
{
	char hex[HASH_SHA256_HEX_SIZE];
	enum result r = to_v1_layer_stage(t, found, at, &out->layer);

	if (r == RC_OK)
		r = stage_payload_sum(out->layer, out->json, hex, t->err);
	if (r == RC_OK)
		out->checksum = str_of(arena_printf(t->arena, "sha256:%s", hex));
	return r;
}

/* Where the file system made a copy of the layer, only its sums say later that the image is this
 * one (registry/counterpart.h). */
static void
note_copy(const struct task *t, const struct to_v1_found *found, size_t at)
{
	const char *id = found->chain.images[at].id;
	const struct task *quiet = task_quiet(t);
	const struct content *blob, *layer;
	struct layer_sums ignored;

	if (to_v1_layer_find(quiet, found, at, &blob) == RC_OK &&
	    v1image_layer(quiet, id, &layer) == RC_OK &&
	    !store_content_is_same(t->reg->store, layer, blob))
		(void)make_layer(quiet, id, &ignored);
}

/* The layer is hashed before the guard is taken. */
static enum result
keep_image(const struct task *t, const struct to_v1_found *found, size_t at)
{
	const char *id = found->chain.images[at].id;
	const struct store_v1image im = v1image_of(t, id);
	struct store_v1image_parts parts = {.json = found->chain.images[at].json,
	    .ancestry = v1chain_ancestry(t->arena, &found->chain, at)};
	struct guard held = {0};
	enum result r;

	if (v1image_check(task_quiet(t), id) == RC_OK)
		return RC_OK;
	r = read_layer(t, found, at, &parts);
	if (r == RC_OK)
		r = guard_take(t->reg->store, GUARD_IMAGE, id, &held, t->err);
	if (r == RC_OK)
		r = store_v1image_put(&im, &held, &parts, t->err);
	guard_release(&held);
	if (r == RC_OK)
		note_copy(t, found, at);
	return r;
}

enum result
to_v1_keep(const struct task *t, const char *id)
{
	struct to_v1_found found;
	size_t i;
	enum result r;

	if (v1image_check(task_quiet(t), id) == RC_OK)
		return RC_OK;
	r = to_v1_find(t, id, &found);
	if (r == RC_IMAGE_UNKNOWN || r == RC_REBUILDING)
		return RC_OK;
	for (i = 0; r == RC_OK && i <= found.at; i++)
		r = keep_image(t, &found, i);
	return r;
}
