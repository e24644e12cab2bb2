/* push_tarsum.c: see push_tarsum.h. */
#include "images/push_tarsum.h"

#include "layer/tarsum.h"
#include "registry/v1image.h"
#include "registry/worklimit.h"
#include "store/content.h"
#include "store/guard.h"
#include "store/v1image.h"

/* A layer is unpacked once for each sum: an honest client has one. */
#define WANTED_MAX 2

/* Only a few requests may unpack a layer at the same time. */
static enum result
find_json(const struct task *t, const struct tarsum_search *search,
    const struct source *layer, size_t *which)
{
	struct guard walk = {0};
	enum result r = guard_take_walk(t->reg->store, &walk, t->err);

	*which = search->n;
	if (r == RC_OK)
		r = tarsum_find(search, layer, which, t->err);
	guard_release(&walk);
	return r;
}

enum result
push_tarsum_match(const struct task *t, const char *id, struct stage *sg,
    const struct store_v1pushes *begun, const char **payload)
{
	const struct store_v1image im = v1image_of(t, id);
	struct str wanted[WANTED_MAX], json[STORE_V1PUSH_JSONS];
	size_t i, n_wanted, n = begun->n, which = n;
	enum result r;

	*payload = NULL;
	for (i = 0; i < n; i++)
		json[i] = begun->of[i].json;
	r = store_v1push_tarsums(&im, wanted, WANTED_MAX, &n_wanted, t->err);
	if (r == RC_OK && n_wanted > 0)
		r = worklimit_enter(t, TAR_MEMORY);
	for (i = 0; r == RC_OK && i < n_wanted && which == n; i++) {
		const struct source layer = stage_source(sg);

		r = find_json(
		    t, &(struct tarsum_search){wanted[i], json, n}, &layer, &which);
	}
	if (r == RC_OK && which < n)
		*payload = begun->of[which].payload;
	return r;
}

/* Does the layer that waits have the sum? One that was removed meanwhile does not. */
static enum result
waits_with(const struct task *t, const char *id, struct str given,
    const struct store_v1push_waiting *w, bool *right)
{
	const struct store_v1image im = v1image_of(t, id);
	struct source layer;
	struct stage *sg;
	size_t which;
	enum result r = store_v1push_layer(&im, w->payload, &sg, t->err);

	*right = false;
	if (r == RC_NOT_FOUND)
		return RC_OK;
	if (r != RC_OK)
		return r;
	layer = stage_source(sg);
	r = find_json(
	    t, &(struct tarsum_search){given, &w->json, 1}, &layer, &which);
	*right = which == 0;
	return r;
}

static enum result
find_waiting(
    const struct task *t, const char *id, struct str given, const char **payload)
{
	const struct store_v1image im = v1image_of(t, id);
	struct store_v1push_waiting waiting[STORE_V1PUSH_WAITING];
	enum result r, bad = RC_OK;
	bool right;
	size_t i, n;

	r = store_v1push_waiting(&im, waiting, STORE_V1PUSH_WAITING, &n, t->err);
	for (i = 0; r == RC_OK && i < n; i++) {
		r = waits_with(t, id, given, &waiting[i], &right);
		if (r == RC_OK && right) {
			*payload = waiting[i].payload;
			return RC_OK;
		}
		if (r == RC_BAD_LAYER) { /* perhaps the layer of another push */
			bad = r;
			r = RC_OK;
		}
	}
	return r == RC_OK ? bad : r;
}

/* The json of the image, and those of open pushes, whose layer may be the same. */
static enum result
read_jsons(const struct task *t, const char *id,
    struct str json[1 + STORE_V1PUSH_JSONS], size_t *n)
{
	const struct store_v1image im = v1image_of(t, id);
	struct store_v1pushes begun = {.n = 0};
	enum result r = store_v1image_json(&im, &json[0], t->err);
	size_t i;

	if (r == RC_OK)
		r = store_v1push_list_others(&im, &begun, t->err);
	for (i = 0; r == RC_OK && i < begun.n; i++)
		json[1 + i] = begun.of[i].json;
	*n = 1 + begun.n;
	return r;
}

/* The same for the layer of a complete image that was pushed to this registry. */
static enum result
find_complete(
    const struct task *t, const char *id, struct str given, const char **payload)
{
	const struct store_v1image im = v1image_of(t, id);
	struct str json[1 + STORE_V1PUSH_JSONS], own;
	size_t n = 0, which = 0;
	const struct content *file;
	struct store_reader *reader;
	enum result r;

	r = store_v1image_checksum(&im, &own, t->err);
	if (r == RC_OK && !str_starts(own, "sha256:"))
		return RC_OK;
	if (r == RC_OK)
		r = read_jsons(t, id, json, &n);
	if (r == RC_OK)
		r = store_v1image_layer(&im, &file, t->err);
	if (r == RC_OK)
		r = store_content_open(
		    t->reg->store, t->arena, file, &reader, t->err);
	if (r == RC_OK) {
		const struct source layer = {
		    store_reader_read, reader, store_reader_size(reader)};

		r = find_json(
		    t, &(struct tarsum_search){given, json, n}, &layer, &which);
	}
	if (r == RC_OK && which < n) {
		(void)str_cut(&own, ':');
		*payload = str_dup(t->arena, own);
	}
	return r == RC_BAD_LAYER ? RC_OK : r;
}

enum result
push_tarsum_find(
    const struct task *t, const char *id, struct str given, const char **payload)
{
	const struct store_v1image im = v1image_of(t, id);
	enum store_v1image_state state;
	enum result r;

	*payload = NULL;
	r = worklimit_enter(t, TAR_MEMORY);
	if (r == RC_OK)
		r = find_waiting(t, id, given, payload);
	if (r != RC_OK || *payload != NULL)
		return r;
	r = store_v1image_state(&im, &state, t->err);
	if (r == RC_OK && state == STORE_V1IMAGE_COMPLETE &&
	    store_v1push_is_open(&im))
		r = find_complete(t, id, given, payload);
	return r;
}
