/* to_v1_layer.c: see to_v1_layer.h. A repository does not have the layer of an image
 * without files. That one is derived content, so that nginx can send it as a file. */
#include "bridge/to_v1_layer.h"

#include "bridge/unpack.h"
#include "store/blob.h"
#include "store/bridge.h"

/* A push that lost its blobs since: for API v1 the image is not there. */
static enum result
or_image_unknown(
    const struct task *t, enum result r, const struct v1chain_image *image)
{
	if (r != RC_BLOB_UNKNOWN)
		return r;
	return err_set(t->err, RC_IMAGE_UNKNOWN, "its layer %s is not here",
	    digest_text(t->arena, &image->layer));
}

/* A blob of the repository; or derived content, if the image is one of schema 1 whose layer was
 * compressed by xz. *derived says which. */
static enum result
find_blob(const struct task *t, const char *repository,
    const struct v1chain_image *image, bool *derived, struct store_blob *out)
{
	const struct store_repository in = task_repository(t, repository);
	enum result r = RC_BLOB_UNKNOWN;

	*derived = image->throwaway;
	if (image->throwaway)
		return unpack_store_empty_layer(t, out);
	r = store_blob_find(&in, &image->layer, out, t->err);
	if (r != RC_BLOB_UNKNOWN)
		return r;
	*derived = true;
	r = store_bridge_blob_find(
	    t->reg->store, t->arena, &image->layer, out, t->err);
	return or_image_unknown(t, r, image);
}

enum result
to_v1_layer_find(const struct task *t, const struct to_v1_found *found, size_t at,
    const struct content **out)
{
	struct store_blob blob;
	bool ignored;
	enum result r = find_blob(
	    t, found->repository, &found->chain.images[at], &ignored, &blob);

	if (r == RC_OK)
		*out = blob.content;
	return r;
}

enum result
to_v1_layer_stage(const struct task *t, const struct to_v1_found *found, size_t at,
    struct stage **out)
{
	const struct v1chain_image *image = &found->chain.images[at];
	struct store *st = t->reg->store;
	struct store_blob blob;
	bool derived;
	enum result r = find_blob(t, found->repository, image, &derived, &blob);

	if (r != RC_OK)
		return r;
	r = derived ? stage_of_bridge_blob(st, t->arena, &blob.digest, out, t->err)
		    : stage_of_blob(st, t->arena, &blob.digest, out, t->err);
	return or_image_unknown(t, r, image);
}
