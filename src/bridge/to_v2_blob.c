/* to_v2_blob.c: the blobs of to_v2.h: layers of images of API v1, which are served from their
 * files, and what was made of them: configs, and plain tars.
 *
 * Only what was made is found, because clients ask for a blob after its manifest. Otherwise the
 * first question of a push ("is this blob here?") would make all tags of the repository. */
#include "bridge/make.h"
#include "bridge/origins.h"
#include "bridge/to_v2.h"
#include "bridge/unpack.h"
#include "image/v1chain.h"
#include "image/v1name.h"
#include "registry/shared_tags.h"
#include "registry/v1image.h"
#include "store/bridge.h"

/* A blob that was found. */
struct found {
	struct store_blob blob;
	const char *id; /* of the image whose layer it is; NULL: it is derived */
};

static enum result
fail_unknown(const struct task *t)
{
	return err_set(t->err, RC_BLOB_UNKNOWN, "the repository has no such blob");
}

/* Whatever else the reason is why nothing can be made, the repository does not have the blob. */
static enum result
or_unknown(const struct task *t, enum result r)
{
	return r == RC_OK || r == RC_IO || r == RC_FULL || r == RC_BUSY
		   ? r
		   : fail_unknown(t);
}

/* ---- of an image of API v1 ---- */

/* The file has the bytes whose sums were recorded, unless it was cut off since. */
static enum result
find_layer_file(const struct task *t, const char *id, const struct layer_sums *sums,
    struct found *out)
{
	const struct content *content;
	enum result r = v1image_layer(t, id, &content);

	if (r != RC_OK || store_content_size(content) != sums->size)
		return r == RC_IO ? r : fail_unknown(t);
	out->blob = (struct store_blob){sums->digest, content};
	out->id = id;
	return RC_OK;
}

static enum result
find_in_layer(
    const struct task *t, const char *id, const struct digest *d, struct found *out)
{
	struct layer_sums sums;
	enum result r = make_layer(t, id, &sums);

	out->id = NULL;
	if (r == RC_OK && digest_eq(&sums.digest, d))
		return find_layer_file(t, id, &sums, out);
	if (r == RC_OK && !layer_sums_is_served(&sums) &&
	    digest_eq(&sums.diff_id, d))
		r = make_plain(t, id, &sums, &out->blob);
	else if (r == RC_OK)
		r = RC_BLOB_UNKNOWN;
	return or_unknown(t, r);
}

/* ---- what was made ---- */

/* r: of what made the image. Clients of API v2 do not get its manifest as a blob. */
static enum result
find_made(const struct task *t, enum result r,
    const struct counterpart_image *image, const struct digest *d,
    struct found *out)
{
	out->id = NULL;
	if (r == RC_OK && image->refused.n == 0 && !digest_eq(&image->manifest, d))
		r = store_bridge_blob_find(
		    t->reg->store, t->arena, d, &out->blob, t->err);
	else if (r == RC_OK)
		r = RC_BLOB_UNKNOWN;
	return or_unknown(t, r);
}

/* The config, or the plain tar of a layer, of a manifest of schema 1. */
static enum result
find_of_schema1(const struct task *t, const char *name,
    const struct digest *schema1, const struct digest *d, struct found *out)
{
	struct counterpart_image image;
	enum result r = make_schema1(t, name, schema1, &image);

	r = find_made(t, r, &image, d, out);
	if (r != RC_BLOB_UNKNOWN)
		return r;
	r = make_schema1_again(t, name, schema1, &image);
	return find_made(t, r, &image, d, out);
}

/* of: what the index says it is made of. */
static enum result
find_document(const struct task *t, const char *name, const char *of,
    const struct digest *d, struct found *out)
{
	struct counterpart_image image;
	struct digest schema1;
	enum result r;

	if (v1name_is_image_id(str_of(of))) {
		r = make_image(t, of, &image);
		return find_made(t, r, &image, d, out);
	}
	if (digest_parse(str_of(of), &schema1, t->err) != RC_OK)
		return fail_unknown(t);
	return find_of_schema1(t, name, &schema1, d, out);
}

static enum result
find_of(const struct task *t, const struct origin *origin, const struct digest *d,
    struct found *out)
{
	enum result r = RC_BLOB_UNKNOWN;

	if (v1name_is_image_id(str_of(origin->of)))
		r = find_in_layer(t, origin->of, d, out);
	return r == RC_BLOB_UNKNOWN
		   ? find_document(t, origin->repository, origin->of, d, out)
		   : r;
}

/* ---- in a repository ---- */

struct search {
	const struct task *task; /* in whose arena the result lives */
	const struct digest *digest;
	struct found *out;
	enum result result;
};

/* Of a tag whose image was made already: one of its layers, or its config. */
static enum result
find_in_image(const struct task *t, struct search *s, const char *top)
{
	struct counterpart_image image;
	const char *const *ids;
	size_t n = 0;
	enum result r = counterpart_image(t, top, &image);

	if (r == RC_OK && image.refused.n == 0 &&
	    digest_eq(&image.config, s->digest))
		return find_document(s->task, "", arena_strdup(s->task->arena, top),
		    s->digest, s->out);
	if (r == RC_OK && image.refused.n == 0)
		r = counterpart_ancestry(t, top, &ids, &n);
	for (r = RC_BLOB_UNKNOWN; r == RC_BLOB_UNKNOWN && n > 0; n--)
		r = find_in_layer(s->task, arena_strdup(s->task->arena, ids[n - 1]),
		    s->digest, s->out);
	return r;
}

static bool
search_tag(void *arg, const struct task *t, const char *tag, const char *id)
{
	struct search *s = arg;

	(void)tag;
	s->result = find_in_image(t, s, id);
	return s->result == RC_BLOB_UNKNOWN;
}

/* While the index is being made. */
static enum result
search_tags(const struct task *t, const char *name, const struct digest *d,
    struct found *out)
{
	struct search s = {t, d, out, RC_BLOB_UNKNOWN};
	struct pair pair;
	enum result r;

	if (name == NULL)
		return fail_unknown(t);
	r = pair_of_v2(t, name, &pair);
	if (r == RC_OK)
		r = shared_tags_each(t, &pair, search_tag, &s);
	return r == RC_OK ? s.result : r;
}

/* Images of a private repository are found by its name alone. */
static enum result
is_hidden(const struct task *t, const char *wanted, const char *name, bool *out)
{
	struct pair pair;
	enum result r = RC_OK;

	*out = false;
	if (wanted != NULL)
		return RC_OK;
	r = pair_of_v2(t, name, &pair);
	if (r == RC_OK && pair.v1 != NULL)
		r = store_v1repo_is_private(&pair.v1repo, out, t->err);
	return r;
}

/* name: NULL is any repository that is not private. */
static enum result
find_blob(const struct task *t, const char *name, const struct digest *d,
    struct found *out)
{
	struct origins origins;
	bool hidden;
	size_t i;
	enum result r = origins_find(t, name, d, &origins);

	if (r == RC_REBUILDING)
		return search_tags(t, name, d, out);
	if (r != RC_OK)
		return r;
	r = fail_unknown(t);
	for (i = 0; r == RC_BLOB_UNKNOWN && i < origins.n; i++) {
		r = is_hidden(t, name, origins.list[i].repository, &hidden);
		if (r == RC_OK)
			r = hidden ? fail_unknown(t)
				   : find_of(t, &origins.list[i], d, out);
	}
	return r;
}

enum result
to_v2_blob(const struct task *t, const char *name, const struct digest *d,
    struct store_blob *out)
{
	struct found found;
	enum result r;

	if (unpack_is_empty_layer(d))
		return unpack_store_empty_layer(t, out);
	r = find_blob(t, name, d, &found);
	if (r == RC_OK)
		*out = found.blob;
	return r;
}

/* ---- it becomes a blob of API v2 ---- */

static enum result
stage_found(const struct task *t, const struct found *found, struct stage **out)
{
	struct store *st = t->reg->store;
	struct store_v1image im;

	if (found->id == NULL)
		return stage_of_bridge_blob(
		    st, t->arena, &found->blob.digest, out, t->err);
	im = v1image_of(t, found->id);
	return stage_of_layer(&im, out, t->err);
}

static enum result
put_found(const struct task *t, const struct found *found)
{
	struct stage *stage;
	enum result r = stage_found(t, found, &stage);

	if (r == RC_OK)
		r = store_blob_put(
		    t->reg->store, t->arena, stage, &found->blob.digest, t->err);
	return r == RC_IMAGE_UNKNOWN ? RC_BLOB_UNKNOWN : r;
}

enum result
to_v2_keep_blob(const struct task *t, const char *from, const struct digest *d,
    const char *into)
{
	const struct store_repository in = task_repository(t, into);
	struct found found = {.id = NULL};
	enum result r = unpack_is_empty_layer(d)
			    ? unpack_store_empty_layer(t, &found.blob)
			    : find_blob(t, from, d, &found);

	if (r == RC_OK)
		r = put_found(t, &found);
	if (r == RC_OK)
		r = store_blob_link(&in, &found.blob.digest, t->err);
	return r;
}
