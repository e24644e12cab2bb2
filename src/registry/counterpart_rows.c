/* counterpart_rows.c: what the index says of one tag; see counterpart.h. */
#include "registry/counterpart.h"

#include "base/vec.h"
#include "image/canonical.h"
#include "image/manifest.h"
#include "store/bridge.h"

struct gathering {
	struct arena *arena;
	struct counterpart_rows *rows;
	size_t room;
};

static void
add_row(struct gathering *g, const char *key, const char *origin)
{
	struct counterpart_rows *rows = g->rows;

	rows->rows = vec_grow(
	    g->arena, rows->rows, rows->n, &g->room, sizeof(*rows->rows));
	rows->rows[rows->n++] = (struct index_counterpart){
	    str_of(key), str_of(origin)};
}

/* As it is stored (manifests of schema 1 name that) and as it is served. */
static enum result
add_layer(const struct task *t, struct gathering *g, const char *id)
{
	struct layer_sums sums;
	uint64_t size;
	enum result r = counterpart_layer(t, id, &sums);

	if (r != RC_OK)
		return r;
	add_row(g, digest_text(t->arena, &sums.digest), id);
	if (!layer_sums_is_served(&sums))
		add_row(
		    g, digest_text(t->arena, layer_sums_blob(&sums, &size)), id);
	return RC_OK;
}

static enum result
add_image(const struct task *t, struct gathering *g, const char *id,
    const struct counterpart_image *image)
{
	const char *const *ids;
	size_t i, n;
	enum result r = counterpart_ancestry(t, id, &ids, &n);

	for (i = 0; r == RC_OK && i < n; i++)
		r = add_layer(t, g, ids[i]);
	if (r != RC_OK)
		return r;
	add_row(g, digest_text(t->arena, &image->manifest), id);
	add_row(g, digest_text(t->arena, &image->config), id);
	return RC_OK;
}

/* What is only partly there was not made yet. */
enum result
counterpart_rows_of_image(
    const struct task *t, const char *id, struct counterpart_rows *out)
{
	struct gathering g = {.arena = t->arena, .rows = out};
	struct counterpart_image image;
	enum result r;

	*out = (struct counterpart_rows){.image = ""};
	r = counterpart_image(t, id, &image);
	if (r == RC_OK && image.refused.n > 0)
		out->refused = true;
	else if (r == RC_OK)
		r = add_image(t, &g, id, &image);
	if (r == RC_IO)
		return r;
	if (r != RC_OK)
		out->n = 0;
	return RC_OK;
}

/* All that the schema 2 form of a manifest of schema 1 refers to. A layer that it has as it is, is
 * a blob of the repository, which is found without these rows. */
static void
add_refs(const struct task *t, struct gathering *g, const struct digest *manifest,
    const char *origin)
{
	const struct store_bridge_document what = {manifest, CANONICAL_MAX};
	struct manifest refs;
	struct str bytes;
	struct err ignored;
	size_t i;

	if (store_bridge_blob_read(
		t->reg->store, t->arena, what, &bytes, &ignored) != RC_OK ||
	    manifest_parse(t->arena, bytes, str_of(""), &refs, &ignored) != RC_OK)
		return;
	for (i = 0; i < refs.n_refs; i++)
		add_row(g, str_dup(t->arena, refs.refs[i]), origin);
}

/* The schema 2 form of a manifest of schema 1, which clients of API v2 ask for by digest. No
 * other manifest has such a record. */
static void
add_schema1(const struct task *t, struct gathering *g, const struct digest *d)
{
	const char *origin = digest_text(t->arena, d);
	struct counterpart_image image;

	if (counterpart_image(task_quiet(t), origin, &image) != RC_OK ||
	    image.refused.n > 0)
		return;
	add_row(g, digest_text(t->arena, &image.manifest), origin);
	add_refs(t, g, &image.manifest, origin);
}

enum result
counterpart_rows_of_manifest(const struct task *t, const char *name,
    const struct digest *d, struct counterpart_rows *out)
{
	struct gathering g = {.arena = t->arena, .rows = out};
	struct v1chain chain;
	struct digest manifest;
	const char *origin;
	size_t i;
	enum result r = counterpart_chain(t, name, d, &chain, &manifest);

	*out = (struct counterpart_rows){.image = ""};
	if (r == RC_IO || r == RC_BUSY)
		return r;
	add_schema1(t, &g, d);
	if (r != RC_OK)
		return RC_OK;
	origin = digest_text(t->arena, &manifest);
	for (i = 0; i < chain.n; i++)
		add_row(&g, chain.images[i].id, origin);
	out->image = chain.images[chain.n - 1].id;
	return RC_OK;
}
