/* unpack.c: see unpack.h.
 *
 * One thread reads a layer, under a guard of GUARD_DERIVED; those that wait for it find the
 * record. If clients of API v2 get the plain tar, because the layer is compressed by xz or bzip2,
 * the tar is stored while the layer is read.
 *
 * An image may be replaced while its layer is read. So the sums are recorded with the version that
 * the image had before the layer was opened. */
#include "bridge/unpack.h"

#include "image/v1chain.h"
#include "registry/capacity.h"
#include "registry/counterpart.h"
#include "registry/v1image.h"
#include "store/blob.h"
#include "store/bridge.h"
#include "store/guard.h"

/* A layer, and what is read of it. */
struct layer {
	const struct task *task;
	const char *key; /* of its guard: the id of the image, or the digest */
	const char *id;  /* of the image of API v1; NULL: a blob */
	const char *repository;    /* that has the blob */
	const struct digest *blob; /* NULL: of an image */
	struct source source;
	struct layer_sums *sums;
};

/* ---- the record ---- */

/* Is the tar there that clients of API v2 get, if they do not get the layer as it is? */
static bool
has_plain(const struct layer *l)
{
	const struct task *t = l->task;
	struct store_blob blob;
	struct err ignored;

	return layer_sums_is_served(l->sums) ||
	       store_bridge_blob_find(t->reg->store, t->arena, &l->sums->diff_id,
		   &blob, &ignored) == RC_OK;
}

/* RC_NOT_FOUND: the layer is to be read, perhaps again. */
static enum result
find_record(const struct layer *l)
{
	enum result r = l->id != NULL ? counterpart_layer(l->task, l->id, l->sums)
				      : counterpart_blob(l->task, l->blob, l->sums);

	return r == RC_OK && !has_plain(l) ? RC_NOT_FOUND : r;
}

/* ---- reading ---- */

static enum result
open_content(
    struct layer *l, const struct content *content, struct store_reader **reader)
{
	const struct task *t = l->task;
	enum result r = store_content_open(
	    t->reg->store, t->arena, content, reader, t->err);

	if (r == RC_OK)
		l->source = (struct source){
		    store_reader_read, *reader, store_reader_size(*reader)};
	return r;
}

/* Is the layer one of those of which clients of API v2 get the plain tar? */
static bool
is_repacked(const struct store_reader *reader)
{
	struct layer_sums would_be = {.form = LAYER_PLAIN};
	char first[LAYER_READ_FIRST];
	ssize_t n = store_reader_read_at(reader, first, sizeof(first), 0);

	if (n > 0)
		would_be.form = layer_read_form(str_make(first, (size_t)n));
	return !layer_sums_is_served(&would_be);
}

/* A small layer may hold a large tar, which must not take the last of the disk, as uploads must
 * not: whether there is space is asked again for each part of it. */
#define PART ((size_t)8 << 20)

struct with_reserve {
	const struct task *task;
	struct sink to;
	size_t left; /* of the part */
	enum result r;
};

static bool
put_with_reserve(void *arg, const char *p, size_t n)
{
	struct with_reserve *w = arg;

	if (n > w->left) {
		w->r = capacity_check(w->task, PART);
		w->left = PART;
	}
	w->left -= n < w->left ? n : w->left;
	return w->r == RC_OK && w->to.write(w->to.arg, p, n);
}

static enum result
write_plain(void *arg, struct sink sink, struct digest *digest, struct err *err)
{
	const struct layer *l = arg;
	struct err why;
	struct with_reserve w = {
	    .task = task_with_err(l->task, &why), .to = sink, .r = RC_OK};
	const struct sink checked = {put_with_reserve, &w};
	enum result r = layer_read(&l->source, &checked, l->sums, err);

	if (r == RC_OK)
		*digest = l->sums->diff_id;
	if (w.r == RC_OK)
		return r;
	*err = why;
	return w.r;
}

static enum result
store_plain(struct layer *l)
{
	const struct task *t = l->task;
	const struct store_bridge_maker maker = {write_plain, l};

	return store_bridge_blob_put(t->reg->store, t->arena, &maker, t->err);
}

/* GUARD_WALK is held for the processor and the memory that it takes. */
static enum result
read_content(struct layer *l, const struct content *content)
{
	const struct task *t = l->task;
	struct store_reader *reader;
	struct guard walk = {0};
	enum result r = open_content(l, content, &reader);

	if (r == RC_OK)
		r = guard_take_walk(t->reg->store, &walk, t->err);
	if (r == RC_OK)
		r = is_repacked(reader)
			? store_plain(l)
			: layer_read(&l->source, NULL, l->sums, t->err);
	guard_release(&walk);
	return r;
}

static enum result
read_image(struct layer *l)
{
	const struct task *t = l->task;
	const struct store_v1image im = v1image_of(t, l->id);
	const struct content *content;
	struct str version;
	enum result r = store_v1image_version(&im, &version, t->err);

	if (r == RC_OK)
		r = v1image_layer(t, l->id, &content);
	if (r == RC_OK)
		r = read_content(l, content);
	return r == RC_OK ? counterpart_set_layer(t, l->id, version, l->sums) : r;
}

/* The bytes of a blob are checked by the way: a blob that was cut off may still be found. */
static enum result
read_blob(struct layer *l)
{
	const struct task *t = l->task;
	const struct store_repository in = task_repository(t, l->repository);
	struct store_blob blob;
	enum result r = store_blob_find(&in, l->blob, &blob, t->err);

	if (r == RC_BLOB_UNKNOWN && unpack_is_empty_layer(l->blob))
		r = unpack_store_empty_layer(t, &blob);
	if (r == RC_OK)
		r = read_content(l, blob.content);
	if (r == RC_OK && !digest_eq(&l->sums->digest, l->blob))
		return err_set(t->err, RC_BAD_LAYER, "it has the digest %s",
		    digest_text(t->arena, &l->sums->digest));
	return r == RC_OK ? counterpart_set_blob(t, l->blob, l->sums) : r;
}

/* ---- one layer ---- */

static enum result
take_guard(const struct layer *l, struct guard *held)
{
	const struct task *t = l->task;

	return guard_take(t->reg->store, GUARD_DERIVED,
	    arena_printf(t->arena, "%s/bridge", l->key), held, t->err);
}

static enum result
find_or_read(struct layer *l)
{
	struct guard held = {0};
	enum result r = find_record(l);

	if (r != RC_NOT_FOUND)
		return r;
	r = take_guard(l, &held);
	if (r == RC_OK)
		r = find_record(l);
	if (r == RC_NOT_FOUND)
		r = l->id != NULL ? read_image(l) : read_blob(l);
	guard_release(&held);
	if (r == RC_NOT_FOUND) /* it was removed meanwhile */
		return l->id != NULL ? RC_IMAGE_UNKNOWN : RC_BLOB_UNKNOWN;
	return r;
}

enum result
unpack_image(const struct task *t, const char *id, struct layer_sums *out)
{
	struct arena *scratch = arena_new();
	struct layer l = {
	    .task = task_with_arena(t, scratch), .key = id, .id = id, .sums = out};
	enum result r = find_or_read(&l);

	arena_free(scratch);
	return r;
}

enum result
unpack_blob(const struct task *t, const char *name, const struct digest *d,
    struct layer_sums *out)
{
	struct arena *scratch = arena_new();
	struct layer l = {.task = task_with_arena(t, scratch),
	    .key = digest_text(scratch, d),
	    .repository = name,
	    .blob = d,
	    .sums = out};
	enum result r = find_or_read(&l);

	arena_free(scratch);
	return r;
}

/* ---- the layer that holds nothing ---- */

bool
unpack_is_empty_layer(const struct digest *d)
{
	return d->kind == HASH_SHA256 && str_is(str_of(V1CHAIN_EMPTY_HEX), d->hex);
}

enum result
unpack_store_empty_layer(const struct task *t, struct store_blob *out)
{
	struct store *st = t->reg->store;
	struct digest d;
	enum result r;

	digest_of(HASH_SHA256, v1chain_empty_layer, &d);
	r = store_bridge_blob_find(st, t->arena, &d, out, t->err);
	if (r != RC_BLOB_UNKNOWN)
		return r;
	r = store_bridge_blob_put_bytes(
	    st, t->arena, v1chain_empty_layer, &d, t->err);
	return r == RC_OK ? store_bridge_blob_find(st, t->arena, &d, out, t->err)
			  : r;
}
