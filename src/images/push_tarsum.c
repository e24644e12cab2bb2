/* push_tarsum.c: see push_tarsum.h. */
#include "images/push_tarsum.h"

#include "layer/tarsum.h"
#include "registry/worklimit.h"
#include "store/content.h"
#include "store/guard.h"
#include "store/v1image.h"

/* A layer is unpacked once for each sum: nobody honest has two. */
#define WANTED_MAX 2

/* As one of the few who walk a layer at once. */
static enum result
find(struct registry *reg, const struct str *json, size_t n, struct str given,
    const struct source *layer, size_t *which, struct err *err)
{
	struct guard place = {0};
	enum result r = guard_take_walk(reg->store, &place, err);

	*which = n;
	if (r == RC_OK)
		r = tarsum_find(json, n, given, layer, which, err);
	guard_release(&place);
	return r;
}

enum result
push_tarsum_match(struct registry *reg, struct arena *a, const char *id,
    struct stage *sg, const struct store_v1push *begun, size_t n,
    const char **payload, struct err *err)
{
	struct str wanted[WANTED_MAX], json[STORE_V1PUSH_JSONS];
	size_t i, n_wanted, which = n;
	enum result r;

	*payload = NULL;
	for (i = 0; i < n; i++)
		json[i] = begun[i].json;
	r = store_v1push_tarsums(
	    reg->store, a, id, wanted, WANTED_MAX, &n_wanted, err);
	if (r == RC_OK && n_wanted > 0)
		r = worklimit_enter(reg, a, TAR_MEMORY, err);
	for (i = 0; r == RC_OK && i < n_wanted && which == n; i++) {
		const struct source layer = stage_source(sg);

		r = find(reg, json, n, wanted[i], &layer, &which, err);
	}
	if (r == RC_OK && which < n)
		*payload = begun[which].payload;
	return r;
}

/* Of a layer that waits. One that is gone meanwhile is not the one. */
static enum result
waits_with(struct registry *reg, struct arena *a, const char *id, struct str given,
    const struct store_v1push_waiting *w, bool *right, struct err *err)
{
	struct source layer;
	struct stage *sg;
	size_t which;
	enum result r = store_v1push_layer(reg->store, a, id, w->payload, &sg, err);

	*right = false;
	if (r == RC_NOT_FOUND)
		return RC_OK;
	if (r != RC_OK)
		return r;
	layer = stage_source(sg);
	r = find(reg, &w->json, 1, given, &layer, &which, err);
	*right = which == 0;
	return r;
}

static enum result
find_waiting(struct registry *reg, struct arena *a, const char *id,
    struct str given, const char **payload, struct err *err)
{
	struct store_v1push_waiting waiting[STORE_V1PUSH_WAITING];
	enum result r, bad = RC_OK;
	bool right;
	size_t i, n;

	r = store_v1push_waiting(
	    reg->store, a, id, waiting, STORE_V1PUSH_WAITING, &n, err);
	for (i = 0; r == RC_OK && i < n; i++) {
		r = waits_with(reg, a, id, given, &waiting[i], &right, err);
		if (r == RC_OK && right) {
			*payload = waiting[i].payload;
			return RC_OK;
		}
		if (r == RC_BAD_LAYER) { /* another's, perhaps */
			bad = r;
			r = RC_OK;
		}
	}
	return r == RC_OK ? bad : r;
}

/* Its own, and those of pushes that are not over: their layer may be the same. */
static enum result
read_jsons(struct registry *reg, struct arena *a, const char *id,
    struct str json[1 + STORE_V1PUSH_JSONS], size_t *n, struct err *err)
{
	struct store_v1push begun[STORE_V1PUSH_JSONS];
	enum result r = store_v1image_json(reg->store, a, id, &json[0], err);
	size_t i;

	*n = 0;
	if (r == RC_OK)
		r = store_v1push_list_others(reg->store, a, id, begun, n, err);
	for (i = 0; r == RC_OK && i < *n; i++)
		json[1 + i] = begun[i].json;
	(*n)++;
	return r;
}

/* Of a complete image that was pushed here: its sum stands in it. */
static enum result
find_complete(struct registry *reg, struct arena *a, const char *id,
    struct str given, const char **payload, struct err *err)
{
	struct str json[1 + STORE_V1PUSH_JSONS], own;
	size_t n = 0, which = 0;
	const struct content *file;
	struct store_reader *reader;
	enum result r;

	r = store_v1image_checksum(reg->store, a, id, &own, err);
	if (r == RC_OK && !str_starts(own, "sha256:"))
		return RC_OK;
	if (r == RC_OK)
		r = read_jsons(reg, a, id, json, &n, err);
	if (r == RC_OK)
		r = store_v1image_layer(reg->store, a, id, &file, err);
	if (r == RC_OK)
		r = store_content_open(reg->store, a, file, &reader, err);
	if (r == RC_OK) {
		const struct source layer = {
		    store_reader_read, reader, store_reader_size(reader)};

		r = find(reg, json, n, given, &layer, &which, err);
	}
	if (r == RC_OK && which < n) {
		(void)str_cut(&own, ':');
		*payload = str_dup(a, own);
	}
	return r == RC_BAD_LAYER ? RC_OK : r;
}

enum result
push_tarsum_find(struct registry *reg, struct arena *a, const char *id,
    struct str given, const char **payload, struct err *err)
{
	enum store_v1image_state state;
	enum result r;

	*payload = NULL;
	r = worklimit_enter(reg, a, TAR_MEMORY, err);
	if (r == RC_OK)
		r = find_waiting(reg, a, id, given, payload, err);
	if (r != RC_OK || *payload != NULL)
		return r;
	r = store_v1image_state(reg->store, id, &state, err);
	if (r == RC_OK && state == STORE_V1IMAGE_COMPLETE &&
	    store_v1push_is_open(reg->store, a, id))
		r = find_complete(reg, a, id, given, payload, err);
	return r;
}
