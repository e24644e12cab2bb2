/* push.c: see push.h. */
#include "images/push.h"

#include <string.h>

#include "base/log.h"
#include "image/ancestry.h"
#include "image/v1config.h"
#include "image/v1name.h"
#include "images/access.h"
#include "images/push_tarsum.h"
#include "images/repository.h"
#include "mirror/mirror.h"
#include "store/guard.h"
#include "store/v1image.h"
#include "store/v1push.h"

/* ---- json ---- */

static enum result
check_sum(struct v1checksum sum, struct err *err)
{
	if (sum.kind == V1CHECKSUM_BAD)
		return err_set(
		    err, RC_BAD_CHECKSUM, "the checksum is not `algorithm:digits'");
	return RC_OK;
}

/* An unfinished parent will do: docker sends the images of a push in turn. */
static enum result
ancestry_of(struct registry *reg, struct arena *a, const struct caller *caller,
    const char *id, struct str parent, struct str *out, struct err *err)
{
	struct str above = {"", 0};
	enum result r;

	if (parent.n > 0) {
		if (!v1name_is_image_id(parent) || str_is(parent, id))
			return err_set(err, RC_NO_PARENT,
			    "the parent must be the id of another image");
		r = store_v1image_ancestry(
		    reg->store, a, str_dup(a, parent), &above, err);
		if (r == RC_IMAGE_UNKNOWN && mirror_may_ask(reg, caller))
			r = mirror_ancestry(
			    reg, a, caller, str_dup(a, parent), &above, err);
		if (r == RC_IMAGE_UNKNOWN)
			return err_set(err, RC_NO_PARENT, "the parent is not here");
		if (r == RC_OK)
			r = access_parent(reg, a, caller, str_dup(a, parent), err);
		if (r != RC_OK)
			return r;
	}
	return ancestry_extend(a, id, above, out, err);
}

/* Damage of a large json or ancestry is noticed only when it is read. */
static bool
is_whole(struct registry *reg, struct arena *a, const char *id, struct err *err)
{
	struct str text;

	return store_v1image_json(reg->store, a, id, &text, err) !=
		   RC_IMAGE_UNKNOWN &&
	       store_v1image_ancestry(reg->store, a, id, &text, err) !=
		   RC_IMAGE_UNKNOWN;
}

static enum result
begin(struct registry *reg, struct arena *a, const char *id,
    const struct store_v1push_begin *what, struct err *err)
{
	struct guard lock = {0};
	enum store_v1image_state state;
	enum result r;

	r = guard_take(reg->store, GUARD_IMAGE, id, &lock, err);
	if (r == RC_OK)
		r = store_v1image_state(reg->store, id, &state, err);
	if (r == RC_OK && state == STORE_V1IMAGE_COMPLETE &&
	    is_whole(reg, a, id, err))
		r = err_set(err, RC_IMAGE_EXISTS, "the image is complete");
	if (r == RC_OK)
		r = store_v1push_begin(reg->store, a, id, what, err);
	guard_release(&lock);
	return r;
}

enum result
push_json(struct registry *reg, struct arena *a, const struct caller *caller,
    const char *id, struct str json, struct str given, struct err *err)
{
	struct store_v1push_begin what = {.json = json, .given = given};
	struct v1checksum sum = v1checksum_parse(given);
	struct v1config v;
	enum result r;

	r = v1config_parse(a, json, &v, err);
	if (r == RC_OK)
		r = check_sum(sum, err);
	if (r == RC_OK && !str_is(v.id, id))
		r = err_set(err, RC_OTHER_ID, "the json is another image's");
	if (r == RC_OK)
		r = access_push(reg, a, caller, id, err);
	if (r == RC_NOT_GRANTED)
		r = repository_claim(reg, a, &caller->repository, id, json, err);
	if (r == RC_OK)
		r = ancestry_of(reg, a, caller, id, v.parent, &what.ancestry, err);
	if (r != RC_OK)
		return r;
	what.want = v1checksum_wanted(&sum);
	return begin(reg, a, id, &what, err);
}

/* ---- layer ---- */

enum result
push_layer_check(
    struct registry *reg, struct arena *a, const char *id, struct err *err)
{
	enum store_v1image_state state;
	enum result r = store_v1image_state(reg->store, id, &state, err);

	if (r == RC_OK &&
	    (state == STORE_V1IMAGE_ABSENT || state == STORE_V1IMAGE_DAMAGED))
		return err_set(err, RC_IMAGE_UNKNOWN, "no json came");
	if (r == RC_OK && state == STORE_V1IMAGE_COMPLETE &&
	    !store_v1push_is_open(reg->store, a, id))
		return err_set(err, RC_IMAGE_EXISTS, "the image is complete");
	if (r == RC_OK)
		store_v1push_touch(reg->store, a, id);
	return r;
}

/* A layer that came, its sums known. */
struct arrived {
	struct stage *stage;
	struct store_v1push
	    begun[STORE_V1PUSH_JSONS]; /* with its payload sum under each json */
	size_t n;
	const char *payload; /* the one that a tarsum waits for, or NULL */
	enum result
	    unreadable; /* RC_BAD_LAYER: a tarsum waits, and this is no archive */
	struct err why;
};

static enum result
sum_up(struct registry *reg, struct arena *a, const char *id, const char *body_file,
    struct arrived *l, struct err *err)
{
	enum result r = store_v1push_list(reg->store, a, id, l->begun, &l->n, err);
	size_t i;

	if (r == RC_OK)
		r = stage_adopt(reg->store, a, body_file, &l->stage, err);
	for (i = 0; r == RC_OK && i < l->n; i++)
		r = stage_payload_sum(
		    l->stage, l->begun[i].json, l->begun[i].payload, err);
	if (r != RC_OK)
		return r;
	r = push_tarsum_match(
	    reg, a, id, l->stage, l->begun, l->n, &l->payload, &l->why);
	if (r == RC_BAD_LAYER) {
		l->unreadable = r;
		r = RC_OK;
	}
	if (r != RC_OK)
		*err = l->why;
	return r == RC_OK ? stage_flush(l->stage, err) : r;
}

static bool
is_wanted(struct registry *reg, struct arena *a, const char *id, struct arrived *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (store_v1push_wants(reg->store, a, id, l->begun[i].payload)) {
			l->payload = l->begun[i].payload;
			break;
		}
	return l->payload != NULL;
}

/* The caller holds the image's guard. Somebody else's tarsum is no reason to refuse what
 * may have the sum that its own client gives later. */
static enum result
place_layer(struct registry *reg, struct arena *a, const char *id,
    struct arrived *l, struct err *err)
{
	enum store_v1image_state state;
	enum result r = store_v1image_state(reg->store, id, &state, err);

	if (r != RC_OK)
		return r;
	if (state == STORE_V1IMAGE_COMPLETE)
		return store_v1push_record_late_layer(
		    reg->store, a, id, l->begun, l->n, err);
	if (is_wanted(reg, a, id, l)) {
		r = store_v1push_wait(
		    reg->store, a, id, l->stage, l->begun, l->n, err);
		if (r == RC_OK)
			r = store_v1push_confirm_early(
			    reg->store, a, id, l->payload, err);
		return r;
	}
	if (!store_v1push_all_gave_checksums(reg->store, a, id))
		return store_v1push_wait(
		    reg->store, a, id, l->stage, l->begun, l->n, err);
	if (l->unreadable != RC_OK) {
		*err = l->why;
		return l->unreadable;
	}
	return err_set(err, RC_MISMATCH, "the sum given with the json is another");
}

enum result
push_layer(struct registry *reg, struct arena *a, const char *id,
    const char *body_file, struct err *err)
{
	struct arrived *l = arena_alloc(a, sizeof(*l));
	struct guard lock = {0};
	enum result r;

	r = push_layer_check(reg, a, id, err);
	if (r == RC_OK)
		r = sum_up(reg, a, id, body_file, l, err);
	if (r != RC_OK)
		return r;
	r = guard_take(reg->store, GUARD_IMAGE, id, &lock, err);
	if (r == RC_OK)
		r = push_layer_check(
		    reg, a, id, err); /* while the layer was hashed ... */
	if (r == RC_OK)
		r = place_layer(reg, a, id, l, err);
	guard_release(&lock);
	return r;
}

/* ---- checksum ---- */

/* Is the sum wrong, or has no layer come that it could belong to? */
static enum result
refuse_sum(struct registry *reg, struct arena *a, const char *id, struct err *err)
{
	bool any;
	enum result r = store_v1push_has_layer(reg->store, a, id, &any, err);

	if (r != RC_OK)
		return r;
	return err_set(
	    err, any ? RC_MISMATCH : RC_LAYER_UNKNOWN, "no layer has this sum");
}

/* Of a push that ends after another has made the image complete, or of one that did
 * not hear the first answer. It does not count as over: which of the two it is cannot
 * be told, and a push that is still under way must not lose its place. */
static enum result
confirm_late(struct registry *reg, struct arena *a, const char *id,
    const char *payload, struct err *err)
{
	struct str own;
	enum result r;

	if (!store_v1push_is_open(reg->store, a, id))
		return err_set(err, RC_CHECKSUM_REFUSED, "the image is complete");
	r = store_v1image_checksum(reg->store, a, id, &own, err);
	if (r != RC_OK)
		return r;
	if (str_is(own, arena_printf(a, "sha256:%s", payload)) ||
	    store_v1push_had_late_layer(reg->store, a, id, payload))
		return store_v1push_sync(reg->store, a, id, err);
	return refuse_sum(reg, a, id, err);
}

static enum result
confirm(struct registry *reg, struct arena *a, const char *id, const char *payload,
    struct err *err)
{
	enum store_v1image_state state;
	enum result r = store_v1image_state(reg->store, id, &state, err);

	if (r != RC_OK)
		return r;
	if (state == STORE_V1IMAGE_ABSENT || state == STORE_V1IMAGE_DAMAGED)
		return err_set(err, RC_IMAGE_UNKNOWN, "no json came");
	if (state == STORE_V1IMAGE_COMPLETE)
		return confirm_late(reg, a, id, payload, err);
	if (store_v1push_waits(reg->store, a, id, payload))
		return store_v1push_confirm(reg->store, a, id, payload, err);
	return refuse_sum(reg, a, id, err);
}

/* By the sum of its bytes a layer is known here. *hex is empty where none is meant. */
static enum result
read_sum(struct registry *reg, struct arena *a, const char *id,
    struct v1checksum sum, const char **hex, struct err *err)
{
	enum result r = RC_OK;

	*hex = arena_strdup(a, sum.hex);
	if (sum.kind == V1CHECKSUM_TARSUM)
		r = push_tarsum_find(reg, a, id, sum.text, hex, err);
	if (*hex == NULL)
		*hex = "";
	return r;
}

static enum result
confirm_sum(struct registry *reg, struct arena *a, const char *id,
    struct v1checksum sum, struct err *err)
{
	struct guard lock = {0};
	const char *hex;
	enum result r = check_sum(sum, err);

	if (r == RC_OK)
		r = read_sum(reg, a, id, sum, &hex, err);
	if (r == RC_OK)
		r = guard_take(reg->store, GUARD_IMAGE, id, &lock, err);
	if (r == RC_OK)
		r = confirm(reg, a, id, hex, err);
	guard_release(&lock);
	if (r == RC_OK)
		log_line(LOG_INFO, "push.image", "image=%s sum=sha256:%s", id, hex);
	return r;
}

/* Docker 0.9 sends a wrong payload sum (of the unpacked archive, without the json) and
 * a right tarsum. Docker 0.10 and later send a right payload sum, and a tarsum that
 * may be wrong. One right sum proves that the layer arrived complete. */
enum result
push_checksum(struct registry *reg, struct arena *a, const char *id,
    struct str payload, struct str checksum, struct err *err)
{
	struct v1checksum first = v1checksum_parse(payload),
			  second = v1checksum_parse(checksum);
	enum result r;

	if (first.kind == V1CHECKSUM_NONE && second.kind == V1CHECKSUM_NONE)
		return err_set(err, RC_NO_CHECKSUM, "no checksum was given");
	if (first.kind == V1CHECKSUM_NONE)
		return confirm_sum(reg, a, id, second, err);
	r = confirm_sum(reg, a, id, first, err);
	if (r == RC_MISMATCH &&
	    (second.kind == V1CHECKSUM_SIMPLE || second.kind == V1CHECKSUM_TARSUM))
		r = confirm_sum(reg, a, id, second, err);
	return r;
}
