/* v1image.c: see v1image.h. */
#include "registry/v1image.h"

#include "image/v1config.h"
#include "registry/worklimit.h"
#include "store/v1image.h"

struct store_v1image
v1image_of(const struct task *t, const char *id)
{
	return store_v1image_make(t->reg->store, t->arena, id);
}

enum result
v1image_check(const struct task *t, const char *id)
{
	const struct store_v1image im = v1image_of(t, id);
	enum store_v1image_state state;
	enum result r = store_v1image_state(&im, &state, t->err);

	if (r == RC_OK &&
	    (state == STORE_V1IMAGE_ABSENT || state == STORE_V1IMAGE_DAMAGED))
		return err_set(t->err, RC_IMAGE_UNKNOWN, "no such image");
	if (r == RC_OK && state == STORE_V1IMAGE_UNFINISHED)
		return err_set(t->err, RC_IMAGE_UNFINISHED,
		    "the push of the image has not finished");
	return r;
}

/* Memory is reserved to read a long one. */
static enum result
read_json(const struct task *t, const char *id, struct str *out)
{
	const struct store_v1image im = v1image_of(t, id);
	enum result r = store_v1image_json_short(&im, WORKLIMIT_FREE, out, t->err);

	if (r != RC_TOO_LARGE)
		return r;
	r = worklimit_enter(t, V1CONFIG_MAX);
	return r == RC_OK ? store_v1image_json(&im, out, t->err) : r;
}

/* _inprogress is checked before the json is read: a complete image never becomes
 * unfinished again, unless it was damaged. */
enum result
v1image_json(const struct task *t, const char *id, struct v1image_json *out)
{
	const struct store_v1image im = v1image_of(t, id);
	const struct content *layer;
	struct err ignored;
	enum result r;

	r = v1image_check(t, id);
	if (r == RC_OK)
		r = read_json(t, id, &out->json);
	if (r == RC_OK)
		r = store_v1image_checksum(&im, &out->sum, t->err);
	if (r != RC_OK)
		return r;
	out->has_layer = store_v1image_layer(&im, &layer, &ignored) == RC_OK;
	out->layer_size = out->has_layer ? store_content_size(layer) : 0;
	return RC_OK;
}

enum result
v1image_ancestry(const struct task *t, const char *id, struct str *out)
{
	const struct store_v1image im = v1image_of(t, id);
	enum result r = v1image_check(t, id);

	return r == RC_OK ? store_v1image_ancestry(&im, out, t->err) : r;
}

enum result
v1image_layer(const struct task *t, const char *id, const struct content **out)
{
	const struct store_v1image im = v1image_of(t, id);
	enum result r = v1image_check(t, id);

	return r == RC_OK ? store_v1image_layer(&im, out, t->err) : r;
}
