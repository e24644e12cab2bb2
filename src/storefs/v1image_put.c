/* v1image_put.c: an image becomes complete: the steps that every image takes, and
 * store_v1image_put() (store/v1image.h), which takes all of them at once. They are numbered in
 * v1push.c.
 *
 * An image that berth has made has no push. But _berth/push/<id> is there as long as the image is
 * unfinished: if the process is killed, the sweep of pushes finds it and removes both. */
#include "storefs/v1image.h"

#include <assert.h>

#include "store/derived.h"
#include "storefs/io.h"
#include "storefs/stage.h"

enum result
v1image_begin(const struct store_v1image *im, struct err *err)
{
	const char *dir = v1image_dir(im);
	enum result r = io_mkdirs(im->st, dir, err);

	if (r == RC_OK)
		r = io_put(im->st, dir, "_inprogress", str_of("true"), err);
	if (r == RC_OK)
		r = io_sync(im->st, dir, err);
	return r;
}

enum result
v1image_finish(const struct store_v1image *im, struct str checksum, struct err *err)
{
	const char *dir = v1image_dir(im);
	enum result r = io_put(im->st, dir, "_checksum", checksum, err);

	if (r == RC_OK)
		r = io_sync(im->st, dir, err);
	if (r == RC_OK)
		r = io_unlink(im->st, v1image_path(im, "_inprogress"), err);
	if (r == RC_OK)
		r = durable_finished(im->st, dir, err);
	return r;
}

/* P2 to P7. */
static enum result
put_image(const struct store_v1image *im, const struct guard *held,
    const struct store_v1image_parts *parts, struct err *err)
{
	const char *dir = v1image_dir(im);
	enum result r = v1image_begin(im, err);

	if (r == RC_OK)
		r = store_derived_forget(im, held, err);
	if (r == RC_OK)
		r = stage_name(parts->layer, dir, "layer", err);
	if (r == RC_OK)
		r = io_put(im->st, dir, "ancestry", parts->ancestry, err);
	if (r == RC_OK)
		r = io_put(im->st, dir, "json", parts->json, err);
	if (r == RC_OK)
		r = v1image_finish(im, parts->checksum, err);
	return r;
}

enum result
store_v1image_put(const struct store_v1image *im, const struct guard *held,
    const struct store_v1image_parts *parts, struct err *err)
{
	const char *push = arena_printf(im->arena, IO_PUSH_DIR "/%s", im->id);
	enum store_v1image_state state;
	enum result r = store_v1image_state(im, &state, err);
	bool pushed;

	assert(guard_covers(held, GUARD_IMAGE, im->id));
	if (r != RC_OK)
		return r;
	if (state == STORE_V1IMAGE_COMPLETE)
		return durable_dir(im->st, v1image_dir(im), err);
	pushed = io_exists(im->st, push); /* its sweep removes the directory */
	r = io_mkdirs(im->st, push, err);
	if (r == RC_OK)
		r = put_image(im, held, parts, err);
	if (r == RC_OK && !pushed)
		r = io_remove_dir(im->st, IO_PUSH_DIR, im->id, err);
	return r == RC_NOT_FOUND ? RC_IO : r;
}
