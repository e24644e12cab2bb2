/* push.c: see push.h.
 *
 * The json of an image begins its push and is kept with the sum that came with it. A layer is
 * hashed together with the json of each push of this image that has begun, because a docker
 * computes the sum of json and layer; then it waits below the pushes whose sum it may have.
 * The checksum, which comes last, confirms one of the layers that wait, and the image is
 * complete. Sums are computed without a guard; what they decide is done with GUARD_IMAGE. */
#include "images/push.h"

#include <string.h>

#include "bridge/to_v1.h"
#include "image/ancestry.h"
#include "image/v1config.h"
#include "image/v1name.h"
#include "images/access.h"
#include "images/push_tarsum.h"
#include "images/repository.h"
#include "mirror/mirror.h"
#include "registry/event.h"
#include "registry/v1image.h"
#include "store/guard.h"
#include "store/v1image.h"
#include "store/v1push.h"

/* ---- json ---- */

static enum result
check_sum(struct v1checksum sum, struct err *err)
{
	if (sum.kind == V1CHECKSUM_BAD)
		return err_set(err, RC_BAD_CHECKSUM,
		    "the checksum must have the form algorithm:digits");
	return RC_OK;
}

/* The parent may be an image of API v2, also one of which only a part was kept. If the caller may
 * not have it, nothing is done. */
static enum result
keep_parent(const struct task *t, const char *id)
{
	enum result r;

	if (v1image_check(task_quiet(t), id) == RC_OK)
		return RC_OK;
	r = access_parent(t, id);
	if (r == RC_PARENT_REFUSED)
		return RC_OK;
	return r == RC_OK ? to_v1_keep(t, id) : r;
}

/* The parent may be unfinished: docker sends the images of a push one after the other. */
static enum result
ancestry_of_parent(const struct task *t, const char *id, struct str *out)
{
	const struct store_v1image im = v1image_of(t, id);
	enum result r = keep_parent(t, id);

	if (r == RC_OK)
		r = store_v1image_ancestry(&im, out, t->err);
	if (r == RC_IMAGE_UNKNOWN && mirror_may_ask(t))
		r = mirror_ancestry(t, id, out);
	if (r == RC_IMAGE_UNKNOWN)
		return err_set(
		    t->err, RC_NO_PARENT, "the parent %s is not here", id);
	return r == RC_OK ? access_parent(t, id) : r;
}

static enum result
ancestry_of(
    const struct task *t, const char *id, struct str parent, struct str *out)
{
	struct str above = {"", 0};
	enum result r = RC_OK;

	if (parent.n > 0 && (!v1name_is_image_id(parent) || str_is(parent, id)))
		return err_set(t->err, RC_NO_PARENT,
		    "the parent must be the id of another image");
	if (parent.n > 0)
		r = ancestry_of_parent(t, str_dup(t->arena, parent), &above);
	return r == RC_OK ? ancestry_extend(t->arena, id, above, out, t->err) : r;
}

/* Derived ids can be computed beforehand, and those of a push are chosen by its client: an id
 * that an image of API v2 has is never given to another one. Asked without a guard: an image of
 * API v2 that comes later does not get the id of one that is complete by then
 * (registry/counterpart.h). */
static enum result
check_id_is_free(const struct task *t, const char *id)
{
	bool taken = false;
	enum result r = RC_OK;

	if (v1image_check(task_quiet(t), id) != RC_OK)
		r = to_v1_is_taken(t, id, &taken);
	if (r == RC_OK && taken)
		return err_set(t->err, RC_IMAGE_EXISTS,
		    "a repository has an image with this id through API v2");
	return r;
}

/* Damage of a large json or ancestry is noticed only when it is read. */
static bool
is_whole(const struct task *t, const char *id)
{
	const struct store_v1image im = v1image_of(t, id);
	struct str text;

	return store_v1image_json(&im, &text, t->err) != RC_IMAGE_UNKNOWN &&
	       store_v1image_ancestry(&im, &text, t->err) != RC_IMAGE_UNKNOWN;
}

static enum result
begin_push(
    const struct task *t, const char *id, const struct store_v1push_begin *what)
{
	const struct store_v1image im = v1image_of(t, id);
	struct guard held = {0};
	enum store_v1image_state state;
	enum result r;

	r = guard_take(t->reg->store, GUARD_IMAGE, id, &held, t->err);
	if (r == RC_OK)
		r = store_v1image_state(&im, &state, t->err);
	if (r == RC_OK && state == STORE_V1IMAGE_COMPLETE && is_whole(t, id))
		r = err_set(t->err, RC_IMAGE_EXISTS, "the image is complete");
	if (r == RC_OK)
		r = store_v1push_begin(&im, &held, what, t->err);
	guard_release(&held);
	return r;
}

enum result
push_json(const struct task *t, const char *id, struct str json, struct str given)
{
	struct store_v1push_begin what = {.json = json, .given = given};
	struct v1checksum sum = v1checksum_parse(given);
	struct v1config v;
	enum result r;

	r = v1config_parse(t->arena, json, &v, t->err);
	if (r == RC_OK)
		r = check_sum(sum, t->err);
	if (r == RC_OK && !str_is(v.id, id))
		r = err_set(t->err, RC_OTHER_ID,
		    "the id in the json must be that of the path, %s", id);
	if (r == RC_OK)
		r = access_push(t, id);
	if (r == RC_NOT_GRANTED)
		r = repository_claim(t, &t->caller->repository, id, json);
	if (r == RC_OK)
		r = ancestry_of(t, id, v.parent, &what.ancestry);
	if (r != RC_OK)
		return r;
	what.want = v1checksum_wanted(&sum);
	r = check_id_is_free(t, id);
	if (r == RC_OK)
		r = begin_push(t, id, &what);
	return r == RC_OK ? access_note_granted(t) : r;
}

/* ---- layer ---- */

static enum result
check_may_come(const struct task *t, const char *id)
{
	const struct store_v1image im = v1image_of(t, id);
	enum store_v1image_state state;
	enum result r = store_v1image_state(&im, &state, t->err);

	if (r == RC_OK &&
	    (state == STORE_V1IMAGE_ABSENT || state == STORE_V1IMAGE_DAMAGED))
		return err_set(t->err, RC_IMAGE_UNKNOWN,
		    "the json of the image must be sent first");
	if (r == RC_OK && state == STORE_V1IMAGE_COMPLETE &&
	    !store_v1push_is_open(&im))
		return err_set(t->err, RC_IMAGE_EXISTS, "the image is complete");
	if (r == RC_OK)
		store_v1push_touch(&im);
	return r;
}

enum result
push_layer_check(const struct task *t, const char *id)
{
	enum result r = access_push(t, id);

	if (r == RC_OK)
		r = check_may_come(t, id);
	return r == RC_OK ? check_id_is_free(t, id) : r;
}

/* A layer that came, its sums known. */
struct arrived {
	struct stage *stage;
	struct store_v1pushes begun; /* with its payload sum under each json */
	const char *payload;         /* the one that a tarsum waits for, or NULL */
	/* RC_BAD_LAYER: a tarsum waits, and this is not an archive */
	enum result unreadable;
	struct err why;
};

static enum result
hash_layer(const struct task *t, const char *id, struct arrived *l)
{
	const struct store_v1image im = v1image_of(t, id);
	struct guard held = {0};
	enum result r = guard_take(t->reg->store, GUARD_IMAGE, id, &held, t->err);
	size_t i;

	if (r == RC_OK)
		r = store_v1push_list(&im, &held, &l->begun, t->err);
	guard_release(&held);
	for (i = 0; r == RC_OK && i < l->begun.n; i++)
		r = stage_payload_sum(
		    l->stage, l->begun.of[i].json, l->begun.of[i].payload, t->err);
	if (r != RC_OK)
		return r;
	r = push_tarsum_match(
	    task_with_err(t, &l->why), id, l->stage, &l->begun, &l->payload);
	if (r == RC_BAD_LAYER) {
		l->unreadable = r;
		r = RC_OK;
	}
	if (r != RC_OK)
		*t->err = l->why;
	return r == RC_OK ? stage_flush(l->stage, t->err) : r;
}

static bool
is_wanted(const struct store_v1image *im, struct arrived *l)
{
	size_t i;

	for (i = 0; i < l->begun.n; i++)
		if (store_v1push_wants(im, l->begun.of[i].payload)) {
			l->payload = l->begun.of[i].payload;
			break;
		}
	return l->payload != NULL;
}

/* A layer is not refused because of another client's tarsum: it may have the sum that its own
 * client gives later. */
static enum result
place_layer(const struct task *t, const char *id, const struct guard *held,
    struct arrived *l)
{
	const struct store_v1image im = v1image_of(t, id);
	enum store_v1image_state state;
	enum result r = store_v1image_state(&im, &state, t->err);

	if (r != RC_OK)
		return r;
	if (state == STORE_V1IMAGE_COMPLETE)
		return store_v1push_record_late_layer(&im, held, &l->begun, t->err);
	if (is_wanted(&im, l)) {
		r = store_v1push_wait(&im, held, l->stage, &l->begun, t->err);
		if (r == RC_OK)
			r = store_v1push_confirm_early(
			    &im, held, l->payload, t->err);
		return r;
	}
	if (!store_v1push_all_gave_checksums(&im))
		return store_v1push_wait(&im, held, l->stage, &l->begun, t->err);
	if (l->unreadable != RC_OK) {
		*t->err = l->why;
		return l->unreadable;
	}
	return err_set(t->err, RC_MISMATCH,
	    "the layer does not have the sum that was sent with the json");
}

enum result
push_layer_stage(const struct task *t, const char *id, struct stage *sg)
{
	struct arrived *l = arena_alloc(t->arena, sizeof(*l));
	struct guard held = {0};
	enum result r = push_layer_check(t, id);

	l->stage = sg;
	if (r == RC_OK)
		r = hash_layer(t, id, l);
	if (r != RC_OK)
		return r;
	r = guard_take(t->reg->store, GUARD_IMAGE, id, &held, t->err);
	if (r == RC_OK)
		r = check_may_come(
		    t, id); /* the image may have become complete meanwhile */
	if (r == RC_OK)
		r = place_layer(t, id, &held, l);
	guard_release(&held);
	return r;
}

enum result
push_layer(const struct task *t, const char *id, const char *body_file)
{
	struct stage *sg;
	enum result r = push_layer_check(t, id);

	if (r == RC_OK)
		r = stage_adopt(t->reg->store, t->arena, body_file, &sg, t->err);
	return r == RC_OK ? push_layer_stage(t, id, sg) : r;
}

/* ---- checksum ---- */

/* Is the sum wrong, or has no layer come that it could belong to? */
static enum result
refuse_sum(const struct task *t, const char *id)
{
	const struct store_v1image im = v1image_of(t, id);
	bool any;
	enum result r = store_v1push_has_layer(&im, &any, t->err);

	if (r != RC_OK)
		return r;
	return err_set(
	    t->err, any ? RC_MISMATCH : RC_LAYER_UNKNOWN, "no layer has this sum");
}

/* The checksum of a push that ends after another one has made the image complete, or of a client
 * that did not get the first answer. Which of the two it is, is not known, so the push does not
 * count as over: a push that is still under way must not lose its state. */
static enum result
confirm_late(const struct task *t, const char *id, const char *payload)
{
	const struct store_v1image im = v1image_of(t, id);
	struct str own;
	enum result r;

	if (!store_v1push_is_open(&im))
		return err_set(
		    t->err, RC_CHECKSUM_REFUSED, "the image is complete");
	r = store_v1image_checksum(&im, &own, t->err);
	if (r != RC_OK)
		return r;
	if (str_is(own, arena_printf(t->arena, "sha256:%s", payload)) ||
	    store_v1push_had_late_layer(&im, payload))
		return store_v1push_sync(&im, t->err);
	return refuse_sum(t, id);
}

static enum result
confirm_layer(const struct task *t, const char *id, const struct guard *held,
    const char *payload)
{
	const struct store_v1image im = v1image_of(t, id);
	enum store_v1image_state state;
	enum result r = store_v1image_state(&im, &state, t->err);

	if (r != RC_OK)
		return r;
	if (state == STORE_V1IMAGE_ABSENT || state == STORE_V1IMAGE_DAMAGED)
		return err_set(t->err, RC_IMAGE_UNKNOWN,
		    "the json of the image must be sent first");
	if (state == STORE_V1IMAGE_COMPLETE)
		return confirm_late(t, id, payload);
	if (store_v1push_waits(&im, payload))
		return store_v1push_confirm(&im, held, payload, t->err);
	return refuse_sum(t, id);
}

/* Layers are found by the sum of their bytes. *hex is empty if the request names none. */
static enum result
read_sum(
    const struct task *t, const char *id, struct v1checksum sum, const char **hex)
{
	enum result r = RC_OK;

	*hex = arena_strdup(t->arena, sum.hex);
	if (sum.kind == V1CHECKSUM_TARSUM)
		r = push_tarsum_find(t, id, sum.text, hex);
	if (*hex == NULL)
		*hex = "";
	return r;
}

static enum result
confirm_sum(const struct task *t, const char *id, struct v1checksum sum)
{
	struct guard held = {0};
	const char *hex;
	enum result r = check_sum(sum, t->err);

	if (r == RC_OK)
		r = check_id_is_free(t, id);
	if (r == RC_OK)
		r = read_sum(t, id, sum, &hex);
	if (r == RC_OK)
		r = guard_take(t->reg->store, GUARD_IMAGE, id, &held, t->err);
	if (r == RC_OK)
		r = confirm_layer(t, id, &held, hex);
	guard_release(&held);
	if (r == RC_OK)
		event_emit(
		    t, &(struct event){.kind = EVENT_PUSH_IMAGE,
			   .image = id,
			   .digest = arena_printf(t->arena, "sha256:%s", hex)});
	return r;
}

/* Docker 0.9 sends a wrong payload sum (of the unpacked archive, without the json) and
 * a right tarsum. Docker 0.10 and later send a right payload sum, and a tarsum that
 * may be wrong. One right sum proves that the layer arrived complete. */
enum result
push_checksum(
    const struct task *t, const char *id, struct str payload, struct str checksum)
{
	struct v1checksum first = v1checksum_parse(payload),
			  second = v1checksum_parse(checksum);
	enum result r = access_push(t, id);

	if (r != RC_OK)
		return r;
	if (first.kind == V1CHECKSUM_NONE && second.kind == V1CHECKSUM_NONE)
		return err_set(t->err, RC_NO_CHECKSUM, "no checksum was given");
	if (first.kind == V1CHECKSUM_NONE)
		return confirm_sum(t, id, second);
	r = confirm_sum(t, id, first);
	if (r == RC_MISMATCH &&
	    (second.kind == V1CHECKSUM_SIMPLE || second.kind == V1CHECKSUM_TARSUM))
		r = confirm_sum(t, id, second);
	return r;
}
