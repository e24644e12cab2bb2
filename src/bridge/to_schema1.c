/* to_schema1.c: see to_schema1.h. */
#include "bridge/to_schema1.h"

#include "base/json_slice.h"
#include "bridge/make.h"
#include "image/canonical.h"
#include "image/manifest.h"
#include "image/schema1_write.h"
#include "image/v1chain.h"
#include "registry/counterpart.h"
#include "registry/v1image.h"
#include "registry/worklimit.h"
#include "store/bridge.h"
#include "store/v1image.h"

/* The jsons of an image, and the payload with them in it, in which each character may need six. */
#define FEW_TEXTS    ((size_t)32 << 10)
#define TEXTS_MAX    ((size_t)1 << 20)
#define MEMORY(text) (12 * (text))

static enum result
write_payload(
    const struct task *t, const struct schema1_image *image, struct str *payload)
{
	*payload = schema1_write(t->arena, image);
	if (payload->n > 0)
		return RC_OK;
	return err_set(t->err, RC_NOT_BRIDGED,
	    "as schema 1 the manifest would have more than %zu bytes, the limit",
	    MANIFEST_MAX);
}

/* ---- of an image of API v1 ---- */

/* The layer is the file as it is stored: these dockers read xz. */
static enum result
read_entry(
    const struct task *t, const char *id, size_t room, struct schema1_entry *out)
{
	const struct store_v1image im = v1image_of(t, id);
	struct layer_sums sums;
	enum result r = make_layer(t, id, &sums);

	if (r == RC_OK)
		r = store_v1image_json_short(&im, room, &out->json, t->err);
	out->layer = sums.digest;
	return r;
}

static enum result
read_entries(const struct task *t, const char *const *ids,
    struct schema1_entry *entries, size_t n)
{
	size_t i, text = 0;
	enum result r = RC_OK;

	for (i = 0; r == RC_OK && i < n; i++) {
		r = read_entry(t, ids[i], TEXTS_MAX - text, &entries[i]);
		if (r == RC_OK && text <= FEW_TEXTS &&
		    text + entries[i].json.n > FEW_TEXTS)
			r = worklimit_enter(t, MEMORY(TEXTS_MAX));
		if (r == RC_OK)
			text += entries[i].json.n;
	}
	return r;
}

/* As its config says, so that both forms agree. */
static enum result
read_architecture(
    const struct task *t, const struct digest *config, const char **out)
{
	struct str text;
	enum result r = store_bridge_blob_read(t->reg->store, t->arena,
	    (struct store_bridge_document){config, CANONICAL_MAX}, &text, t->err);

	if (r == RC_OK)
		*out = str_dup(t->arena, json_slice_text(t->arena,
					     json_slice_get(text, "architecture")));
	return r;
}

static enum result
mended_entries(const struct task *t, const char *id, struct schema1_image *out)
{
	struct schema1_entry *entries;
	const char *const *ids;
	enum result r = counterpart_ancestry(t, id, &ids, &out->n);

	if (r != RC_OK)
		return r;
	entries = arena_alloc(t->arena, out->n * sizeof(*entries));
	out->entries = entries;
	r = read_entries(t, ids, entries, out->n);
	return r == RC_OK ? schema1_mend_ids(t->arena, entries, out->n, t->err) : r;
}

/* An image without a form in schema 2 has none here either: its layers could not be unpacked. */
enum result
to_schema1_of_image(const struct task *t, const struct pair *p, const char *tag,
    const char *id, struct str *payload)
{
	struct schema1_image image = {.name = p->v2, .tag = tag};
	struct counterpart_image made;
	enum result r = make_image(t, id, &made);

	if (r == RC_OK)
		r = counterpart_check(t, &made);
	if (r == RC_OK)
		r = read_architecture(t, &made.config, &image.architecture);
	if (r == RC_OK)
		r = mended_entries(t, id, &image);
	if (r == RC_OK)
		r = write_payload(t, &image, payload);
	if (r == RC_OK || r == RC_IO || r == RC_FULL || r == RC_BUSY)
		return r;
	return RC_NOT_BRIDGED;
}

/* ---- of a manifest of API v2 ---- */

enum result
to_schema1_of_manifest(const struct task *t, const char *name, const char *tag,
    const struct digest *d, struct str *payload)
{
	struct schema1_entry *entries;
	struct v1chain chain;
	struct digest ignored;
	enum result r = counterpart_chain(t, name, d, &chain, &ignored);
	size_t i;

	if (r == RC_NOT_FOUND)
		return RC_NOT_BRIDGED;
	if (r != RC_OK)
		return r;
	entries = arena_alloc(t->arena, chain.n * sizeof(*entries));
	for (i = 0; i < chain.n; i++)
		entries[i] = (struct schema1_entry){
		    chain.images[i].layer, chain.images[i].schema1};
	return write_payload(t,
	    &(struct schema1_image){
		name, tag, chain.architecture, entries, chain.n},
	    payload);
}
