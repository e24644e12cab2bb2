/* v1image.c: see v1image.h. */
#include "registry/v1image.h"

#include "image/v1config.h"
#include "registry/worklimit.h"
#include "store/v1image.h"

enum result
v1image_check(struct registry *reg, const char *id, struct err *err)
{
	enum store_v1image_state state;
	enum result r = store_v1image_state(reg->store, id, &state, err);

	if (r == RC_OK &&
	    (state == STORE_V1IMAGE_ABSENT || state == STORE_V1IMAGE_DAMAGED))
		return err_set(err, RC_IMAGE_UNKNOWN, "no such image");
	if (r == RC_OK && state == STORE_V1IMAGE_UNFINISHED)
		return err_set(err, RC_IMAGE_UNFINISHED, "its push is not over");
	return r;
}

/* A long one is read from a seat. */
static enum result
read_json(struct registry *reg, struct arena *a, const char *id, struct str *out,
    struct err *err)
{
	enum result r = store_v1image_json_short(
	    reg->store, a, id, WORKLIMIT_FREE, out, err);

	if (r != RC_TOO_LARGE)
		return r;
	r = worklimit_enter(reg, a, V1CONFIG_MAX, err);
	return r == RC_OK ? store_v1image_json(reg->store, a, id, out, err) : r;
}

/* _inprogress is checked before the json is read: a complete image never becomes
 * unfinished again, unless it was damaged. */
enum result
v1image_json(struct registry *reg, struct arena *a, const char *id,
    struct v1image_json *out, struct err *err)
{
	const struct content *layer;
	struct err ignored;
	enum result r;

	r = v1image_check(reg, id, err);
	if (r == RC_OK)
		r = read_json(reg, a, id, &out->json, err);
	if (r == RC_OK)
		r = store_v1image_checksum(reg->store, a, id, &out->sum, err);
	if (r != RC_OK)
		return r;
	out->has_layer = store_v1image_layer(reg->store, a, id, &layer, &ignored) ==
			 RC_OK;
	out->layer_size = out->has_layer ? store_content_size(layer) : 0;
	return RC_OK;
}

enum result
v1image_ancestry(struct registry *reg, struct arena *a, const char *id,
    struct str *out, struct err *err)
{
	enum result r = v1image_check(reg, id, err);

	return r == RC_OK ? store_v1image_ancestry(reg->store, a, id, out, err) : r;
}

enum result
v1image_layer(struct registry *reg, struct arena *a, const char *id,
    const struct content **out, struct err *err)
{
	enum result r = v1image_check(reg, id, err);

	return r == RC_OK ? store_v1image_layer(reg->store, a, id, out, err) : r;
}
