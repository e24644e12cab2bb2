/* counterpart_chain.c: counterpart_chain() of counterpart.h: reads the manifest and the config of
 * an image of API v2 and computes the images of API v1 that it is.
 *
 * Their ids can be computed by anybody beforehand, and API v1 lets clients choose ids. So an
 * id that a client has pushed through API v1 is never one of a chain, unless it is the same
 * image: one that berth has kept (bridge/to_v1.h), or whose layer and json are equal. */
#include "registry/counterpart.h"

#include "image/schema1.h"
#include "image/v1config.h"
#include "registry/manifest_load.h"
#include "registry/v1image.h"
#include "registry/worklimit.h"
#include "store/blob.h"
#include "store/bridge.h"
#include "store/manifest.h"
#include "store/v1image.h"

static const struct v1chain_platform usual_platform = {"linux", "amd64"};

static const struct v1chain_platform *
platform_of(const struct registry *reg)
{
	return reg->platform == NULL ? &usual_platform : reg->platform;
}

/* ---- its documents ---- */

/* The manifest of an image that old dockers can run is short: it has few layers. */
static enum result
read_manifest(const struct task *t, const char *name, const struct digest *d,
    struct store_manifest *out)
{
	const struct store_repository in = task_repository(t, name);
	enum result r = store_manifest_read_short(
	    &in, d, COUNTERPART_MANIFEST_MAX, out, t->err);

	if (r == RC_TOO_LARGE)
		return err_set(t->err, RC_NOT_BRIDGED,
		    "its manifest has more than %zu bytes, the limit",
		    COUNTERPART_MANIFEST_MAX);
	return r;
}

/* Memory is reserved for a long one. */
static enum result
read_config(const struct task *t, const struct digest *d, struct str *out)
{
	enum result r = store_blob_read(
	    t->reg->store, t->arena, d, WORKLIMIT_FREE / 2, out, t->err);

	if (r == RC_TOO_LARGE) {
		r = worklimit_enter(t, 2 * COUNTERPART_CONFIG_MAX);
		if (r == RC_OK)
			r = store_blob_read(t->reg->store, t->arena, d,
			    COUNTERPART_CONFIG_MAX, out, t->err);
	}
	if (r == RC_BLOB_UNKNOWN)
		return err_set(t->err, RC_NOT_BRIDGED, "its config %s is missing",
		    digest_text(t->arena, d));
	if (r == RC_TOO_LARGE)
		return err_set(t->err, RC_NOT_BRIDGED,
		    "its config has more than %zu bytes, the limit",
		    COUNTERPART_CONFIG_MAX);
	return r;
}

static enum result
chain_of_image(const struct task *t, struct str manifest, struct v1chain *out)
{
	struct str bytes;
	struct digest config;
	enum result r = v1chain_config(manifest, &config, t->err);

	if (r == RC_OK)
		r = read_config(t, &config, &bytes);
	if (r == RC_OK)
		r = v1chain_make(t->arena,
		    &(struct v1chain_source){manifest, bytes}, platform_of(t->reg),
		    out, t->err);
	if (r == RC_BAD_DATA || r == RC_BAD_DIGEST || r == RC_OTHER_DIGEST)
		return RC_NOT_BRIDGED; /* a client may have pushed anything */
	return r;
}

/* Of a manifest of schema 1: its schema 2 form is what bridge/make.c made of it. */
static enum result
chain_of_schema1(const struct task *t, const struct digest *d, struct v1chain *out)
{
	struct counterpart_image image;
	struct str manifest, config;
	enum result r = counterpart_image(t, digest_text(t->arena, d), &image);

	if (r == RC_OK)
		r = counterpart_check(t, &image);
	if (r == RC_OK)
		r = store_bridge_blob_read(t->reg->store, t->arena,
		    (struct store_bridge_document){
			&image.manifest, COUNTERPART_CONFIG_MAX},
		    &manifest, t->err);
	if (r == RC_OK)
		r = store_bridge_blob_read(t->reg->store, t->arena,
		    (struct store_bridge_document){
			&image.config, COUNTERPART_CONFIG_MAX},
		    &config, t->err);
	if (r == RC_OK)
		r = v1chain_make(t->arena,
		    &(struct v1chain_source){manifest, config}, platform_of(t->reg),
		    out, t->err);
	return r == RC_BLOB_UNKNOWN ? RC_NOT_FOUND : r;
}

/* ---- are the ids free? ---- */

/* The blob d, of API v2 or derived. */
static enum result
find_blob(const struct task *t, const struct digest *d, struct store_blob *out)
{
	enum result r = store_blob_find_anywhere(
	    t->reg->store, t->arena, d, out, t->err);

	if (r == RC_BLOB_UNKNOWN)
		r = store_bridge_blob_find(t->reg->store, t->arena, d, out, t->err);
	return r;
}

/* Reads a small layer. */
static bool
has_digest(
    const struct task *t, const struct content *layer, const struct digest *d)
{
	char bytes[STORE_BLOB_SMALL_MAX];
	struct store_reader *reader;
	struct digest got;
	struct str text = {bytes, (size_t)store_content_size(layer)};

	if (store_content_open(t->reg->store, t->arena, layer, &reader, t->err) !=
		RC_OK ||
	    store_reader_read_at(reader, bytes, text.n, 0) != (ssize_t)text.n)
		return false;
	digest_of(d->kind, text, &got);
	return digest_eq(&got, d);
}

/* Has the layer of the image of API v1 the bytes of the chain's layer? They are one file, or, where
 * the file system had to make a copy (store/stage.h), one of them has been read. */
static enum result
has_layer(const struct task *t, const char *id, const struct v1chain_image *image,
    bool *out)
{
	const struct store_v1image im = v1image_of(t, id);
	const struct content *layer;
	struct store_blob blob;
	struct layer_sums sums;
	enum result found, r = store_v1image_layer(&im, &layer, t->err);

	*out = false;
	if (r != RC_OK)
		return r == RC_IMAGE_UNKNOWN ? RC_OK : r;
	found = find_blob(t, &image->layer, &blob);
	if (found != RC_OK && found != RC_BLOB_UNKNOWN)
		return found;
	if (found == RC_OK &&
	    store_content_is_same(t->reg->store, layer, blob.content))
		*out = true;
	else if (store_content_size(layer) <= STORE_BLOB_SMALL_MAX)
		*out = has_digest(task_quiet(t), layer, &image->layer);
	else
		*out = counterpart_layer(task_quiet(t), id, &sums) == RC_OK &&
		       digest_eq(&sums.digest, &image->layer);
	return RC_OK;
}

/* Below the top the json is text alone: created, author, comment. That of the top is what a
 * container runs. */
static bool
has_json(
    struct arena *a, struct str json, const struct v1chain_image *image, bool top)
{
	struct v1config v;
	struct err ignored;

	if (top)
		return str_eq(json, image->json);
	return v1config_parse(a, json, &v, &ignored) == RC_OK &&
	       str_is(v.parent, image->parent == NULL ? "" : image->parent);
}

/* An image whose push has not ended does not count yet, and its push is refused (images/push.c). */
static enum result
check_id(const struct task *t, const struct v1chain_image *image, bool top)
{
	const struct store_v1image im = v1image_of(t, image->id);
	enum store_v1image_state state;
	bool same = false;
	struct str json;
	enum result r = store_v1image_state(&im, &state, t->err);

	if (r != RC_OK || state != STORE_V1IMAGE_COMPLETE)
		return r;
	r = store_v1image_json_short(&im, WORKLIMIT_FREE, &json, t->err);
	if (r == RC_OK && has_json(t->arena, json, image, top))
		r = has_layer(t, image->id, image, &same);
	if (r == RC_IO || r == RC_BUSY || same)
		return r;
	return err_set(t->err, RC_NOT_BRIDGED,
	    "the id %s is that of another image, which was pushed through API v1",
	    image->id);
}

static enum result
check_ids(const struct task *t, const struct v1chain *chain)
{
	enum result r = RC_OK;
	size_t i;

	for (i = 0; r == RC_OK && i < chain->n; i++)
		r = check_id(t, &chain->images[i], i + 1 == chain->n);
	return r;
}

/* ---- all of it ---- */

/* An index leads to one of its children, which must be the manifest of an image. */
static enum result
find_image(const struct task *t, const char *name, const struct digest *d,
    struct store_manifest *out, struct str *type)
{
	struct digest child;
	enum result r = read_manifest(t, name, d, out);

	if (r == RC_OK)
		r = manifest_load_type(t, name, out, type);
	if (r != RC_OK || !v1chain_is_list(*type))
		return r;
	r = v1chain_pick_child(
	    t->arena, out->bytes, platform_of(t->reg), &child, t->err);
	if (r == RC_OK)
		r = read_manifest(t, name, &child, out);
	if (r == RC_OK)
		r = manifest_load_type(t, name, out, type);
	if (r == RC_MANIFEST_UNKNOWN)
		return err_set(t->err, RC_NOT_BRIDGED,
		    "the manifest for its platform is not in the repository");
	return r == RC_BAD_DATA ? RC_NOT_BRIDGED : r;
}

enum result
counterpart_chain(const struct task *t, const char *name, const struct digest *d,
    struct v1chain *out, struct digest *image)
{
	struct store_manifest stored;
	struct str type;
	enum result r = find_image(t, name, d, &stored, &type);

	if (r != RC_OK)
		return r;
	*image = stored.digest;
	r = schema1_is_type(type) ? chain_of_schema1(t, &stored.digest, out)
				  : chain_of_image(t, stored.bytes, out);
	return r == RC_OK ? check_ids(t, out) : r;
}
