/* stage_of.c: stages of content that the store has already, see store/stage.h. */
#include "store/blob.h"
#include "store/bridge.h"
#include "store/v1image.h"
#include "storefs/stage.h"

enum result
stage_of_layer(const struct store_v1image *im, struct stage **out, struct err *err)
{
	const struct content *layer;
	enum result r = store_v1image_layer(im, &layer, err);

	if (r == RC_OK)
		r = stage_share(im->st, im->arena, layer, out, err);
	return r == RC_NOT_FOUND ? RC_IMAGE_UNKNOWN : r;
}

enum result
stage_of_blob(struct store *st, struct arena *a, const struct digest *d,
    struct stage **out, struct err *err)
{
	struct store_blob blob;
	enum result r = store_blob_find_anywhere(st, a, d, &blob, err);

	if (r == RC_OK)
		r = stage_share(st, a, blob.content, out, err);
	return r == RC_NOT_FOUND ? RC_BLOB_UNKNOWN : r;
}

enum result
stage_of_bridge_blob(struct store *st, struct arena *a, const struct digest *d,
    struct stage **out, struct err *err)
{
	struct store_blob blob;
	enum result r = store_bridge_blob_find(st, a, d, &blob, err);

	if (r == RC_OK)
		r = stage_share(st, a, blob.content, out, err);
	return r == RC_NOT_FOUND ? RC_BLOB_UNKNOWN : r;
}
