/* make.c: see make.h.
 *
 *	1 each layer is read, unless it has a record (unpack.h)
 *	2 config and manifest are written from the jsons and the sums (image/canonical.h)
 *	3 both are stored as blobs of store/bridge.h
 *	4 the record of the image is written
 *
 * Threads that make the same image at the same time wait for each other in step 1, and write the
 * same bytes in the others. An image that is replaced meanwhile is made again by the next request:
 * the record has the version that it had before step 1.
 *
 * An image that has no such form gets a record with the reason, if the reason lies in its content
 * and only another push of it could change that. One that lacks a parent gets no record. */
#include "bridge/make.h"

#include "bridge/unpack.h"
#include "image/canonical.h"
#include "image/schema1.h"
#include "image/schema1_write.h"
#include "registry/capacity.h"
#include "registry/v1image.h"
#include "registry/worklimit.h"
#include "store/blob.h"
#include "store/bridge.h"
#include "store/manifest.h"

/* Memory: UNPACK_MEMORY for one layer at a time, and for the texts of an image three times
 * their bytes. */
#define FEW_TEXTS    ((size_t)256 << 10) /* bytes; most images have fewer */
#define TEXTS_MAX    CANONICAL_MAX
#define MEMORY(text) (UNPACK_MEMORY + 3 * (text))

#define IMAGES_MAX 1024 /* of an ancestry; docker runs 127 */

/* An image that is being made. */
struct making {
	const struct task *task;
	const char *key; /* of its record */
	struct canonical_layer *layers;
	size_t n;
	size_t text;                               /* bytes of the jsons so far */
	const struct counterpart_version *version; /* NULL: of schema 1 */
	struct counterpart_image *out;
};

/* ---- no such form ---- */

/* Only for this request. */
static enum result
refuse(struct making *m, const char *reason)
{
	m->out->refused = str_of(arena_strdup(m->task->arena, reason));
	return RC_OK;
}

/* For all later ones, too. */
static enum result
refuse_for_good(struct making *m, const char *reason)
{
	(void)refuse(m, reason);
	return counterpart_set_image(m->task, m->key, m->version, m->out);
}

/* ---- config and manifest ---- */

static enum result
put_document(const struct task *t, struct str bytes, const struct digest *d)
{
	return store_bridge_blob_put_bytes(
	    t->reg->store, t->arena, bytes, d, t->err);
}

static enum result
make_documents(struct making *m)
{
	const struct task *t = m->task;
	struct canonical made;
	enum result r = canonical_make(t->arena, m->layers, m->n, &made, t->err);

	if (r == RC_BAD_DATA || r == RC_TOO_LARGE)
		return refuse_for_good(m, t->err->text);
	if (r == RC_OK)
		r = put_document(t, made.config, &made.config_digest);
	if (r == RC_OK)
		r = put_document(t, made.manifest, &made.manifest_digest);
	if (r != RC_OK)
		return r;
	m->out->config = made.config_digest;
	m->out->manifest = made.manifest_digest;
	return counterpart_set_image(t, m->key, m->version, m->out);
}

static bool
has_document(const struct task *t, const struct digest *d)
{
	struct store_blob blob;
	struct err ignored;

	return store_bridge_blob_find(
		   t->reg->store, t->arena, d, &blob, &ignored) == RC_OK;
}

/* RC_NOT_FOUND: it is to be made, perhaps again. */
static enum result
find_made(const struct task *t, const char *key, struct counterpart_image *out)
{
	enum result r = counterpart_image(t, key, out);

	if (r == RC_OK && out->refused.n == 0 &&
	    !(has_document(t, &out->manifest) && has_document(t, &out->config)))
		return RC_NOT_FOUND;
	return r;
}

/* The json of the i-th image. Many bytes of them need more memory, and nothing is held while
 * this waits for it. RC_TOO_LARGE. */
static enum result
add_text(struct making *m, size_t i, struct str json)
{
	size_t before = m->text;

	m->layers[i].json = json;
	m->text += json.n;
	if (m->text > TEXTS_MAX)
		return err_set(m->task->err, RC_TOO_LARGE,
		    "the jsons of the image have more than %zu bytes together",
		    TEXTS_MAX);
	if (before <= FEW_TEXTS && m->text > FEW_TEXTS)
		return worklimit_enter(m->task, MEMORY(TEXTS_MAX));
	return RC_OK;
}

static enum result
enter(const struct task *t)
{
	enum result r = worklimit_enter(t, MEMORY(FEW_TEXTS));

	return r == RC_OK ? capacity_check(t, 0) : r;
}

/* ---- an image of API v1 ---- */

static enum result
read_text(struct making *m, size_t i, const char *id)
{
	struct str json;
	const struct store_v1image im = v1image_of(m->task, id);
	enum result r = store_v1image_json_short(
	    &im, TEXTS_MAX - m->text, &json, m->task->err);

	return r == RC_OK ? add_text(m, i, json) : r;
}

/* RC_BAD_LAYER, RC_IMAGE_UNKNOWN or RC_IMAGE_UNFINISHED of any image of the ancestry; the
 * reason says of which. */
static enum result
read_images(struct making *m, const char *const *ids)
{
	struct err why;
	const struct task *t = m->task;
	enum result r = RC_OK;
	size_t i;

	for (i = 0; r == RC_OK && i < m->n; i++) {
		r = unpack_image(t, ids[i], &m->layers[i].sums);
		if (r == RC_OK)
			r = read_text(m, i, ids[i]);
		why = *t->err;
		if (r == RC_BAD_LAYER || r == RC_IMAGE_UNKNOWN ||
		    r == RC_IMAGE_UNFINISHED)
			return err_set(t->err, r, "image %s: %s", ids[i], why.text);
	}
	return r;
}

static enum result
make_of_ids(struct making *m, const char *const *ids)
{
	const struct task *t = m->task;
	struct counterpart_version before;
	enum result r = counterpart_version(t, ids, m->n, &before);

	m->version = &before;
	if (r == RC_OK)
		r = read_images(m, ids);
	if (r == RC_IMAGE_UNKNOWN || r == RC_IMAGE_UNFINISHED)
		return refuse(m, t->err->text);
	if (r == RC_BAD_LAYER || r == RC_TOO_LARGE)
		return refuse_for_good(m, t->err->text);
	return r == RC_OK ? make_documents(m) : r;
}

enum result
make_image(const struct task *t, const char *id, struct counterpart_image *out)
{
	struct making m = {.task = t, .key = id, .out = out};
	const char *const *ids;
	enum result r = find_made(t, id, out);

	if (r != RC_NOT_FOUND)
		return r;
	*out = (struct counterpart_image){.refused = str_of(""), .is_new = true};
	r = enter(t);
	if (r == RC_OK)
		r = counterpart_ancestry(t, id, &ids, &m.n);
	if (r == RC_BAD_DATA)
		return refuse(&m, t->err->text);
	if (r != RC_OK)
		return r;
	if (m.n > IMAGES_MAX)
		return refuse(&m,
		    arena_printf(t->arena,
			"the image has %zu images below it, at most %d are possible",
			m.n - 1, IMAGES_MAX - 1));
	m.layers = arena_alloc(t->arena, m.n * sizeof(*m.layers));
	return make_of_ids(&m, ids);
}

enum result
make_layer(const struct task *t, const char *id, struct layer_sums *out)
{
	enum result r = counterpart_layer(t, id, out);

	if (r != RC_NOT_FOUND)
		return r;
	r = enter(t);
	return r == RC_OK ? unpack_image(t, id, out) : r;
}

enum result
make_blob(const struct task *t, const char *name, const struct digest *d,
    struct layer_sums *out)
{
	enum result r = counterpart_blob(t, d, out);

	if (r != RC_NOT_FOUND)
		return r;
	r = enter(t);
	return r == RC_OK ? unpack_blob(t, name, d, out) : r;
}

enum result
make_plain(const struct task *t, const char *id, const struct layer_sums *sums,
    struct store_blob *out)
{
	struct layer_sums now;
	enum result r = store_bridge_blob_find(
	    t->reg->store, t->arena, &sums->diff_id, out, t->err);

	if (r != RC_BLOB_UNKNOWN)
		return r;
	r = enter(t);
	if (r == RC_OK)
		r = unpack_image(t, id, &now);
	if (r == RC_OK && !digest_eq(&now.diff_id, &sums->diff_id))
		return err_set(t->err, RC_IMAGE_UNKNOWN,
		    "the layer of %s is another one now", id);
	return r == RC_OK ? store_bridge_blob_find(t->reg->store, t->arena,
				&sums->diff_id, out, t->err)
			  : r;
}

/* ---- a manifest of schema 1 ---- */

static enum result
read_entries(
    struct making *m, const char *name, const struct schema1_entry *entries)
{
	struct err why;
	const struct task *t = m->task;
	const struct digest *d;
	enum result r = RC_OK;
	size_t i;

	for (i = 0; r == RC_OK && i < m->n; i++) {
		d = &entries[i].layer;
		r = unpack_blob(t, name, d, &m->layers[i].sums);
		if (r == RC_OK)
			r = add_text(m, i, entries[i].json);
		why = *t->err;
		if (r == RC_BAD_LAYER || r == RC_BLOB_UNKNOWN)
			return err_set(t->err, r, "layer %s: %s",
			    digest_text(t->arena, d), why.text);
	}
	return r;
}

/* What is wrong with a blob may be damage, which a push of the blob repairs: that is not
 * recorded. */
static enum result
make_of_entries(
    struct making *m, const char *name, const struct schema1_entry *entries)
{
	const struct task *t = m->task;
	enum result r;

	m->layers = arena_alloc(t->arena, m->n * sizeof(*m->layers));
	r = read_entries(m, name, entries);
	if (r == RC_BAD_LAYER || r == RC_BLOB_UNKNOWN)
		return refuse(m, t->err->text);
	if (r == RC_TOO_LARGE)
		return refuse_for_good(m, t->err->text);
	return r == RC_OK ? make_documents(m) : r;
}

static enum result
read_manifest(const struct task *t, const char *name, const struct digest *d,
    struct store_manifest *out)
{
	const struct store_repository in = task_repository(t, name);
	enum result r = store_manifest_read_short(&in, d, FEW_TEXTS, out, t->err);

	if (r != RC_TOO_LARGE)
		return r;
	r = worklimit_enter(t, MEMORY(TEXTS_MAX));
	return r == RC_OK
		   ? store_manifest_read_short(&in, d, TEXTS_MAX, out, t->err)
		   : r;
}

static enum result
make_stored(struct making *m, const char *name, const struct digest *d)
{
	const struct task *t = m->task;
	const struct schema1_entry *entries;
	struct store_manifest stored;
	enum result r = enter(t);

	*m->out = (struct counterpart_image){.refused = str_of(""), .is_new = true};
	if (r == RC_OK)
		r = read_manifest(t, name, d, &stored);
	if (r == RC_OK)
		r = schema1_entries(
		    t->arena, stored.bytes, &entries, &m->n, t->err);
	if (r == RC_BAD_DATA || r == RC_TOO_LARGE)
		return refuse_for_good(m, t->err->text);
	return r == RC_OK ? make_of_entries(m, name, entries) : r;
}

enum result
make_schema1(const struct task *t, const char *name, const struct digest *d,
    struct counterpart_image *out)
{
	struct making m = {.task = t, .key = digest_text(t->arena, d), .out = out};
	enum result r = find_made(t, m.key, out);

	return r == RC_NOT_FOUND ? make_stored(&m, name, d) : r;
}

enum result
make_schema1_again(const struct task *t, const char *name, const struct digest *d,
    struct counterpart_image *out)
{
	struct making m = {.task = t, .key = digest_text(t->arena, d), .out = out};

	return make_stored(&m, name, d);
}
