/* layer.c: the layer of an image that the upstream has (mirror.h).
 *
 * A request that finds GUARD_MIRROR of the image free starts its fetch (fetch.c) and gives it
 * the guard. The others follow the file as it grows. If one of them finds the guard free
 * later, the fetch is over: either the image is here now, or the fetch has failed or was
 * killed. */
#include "base/clock.h"
#include "base/json.h"
#include "mirror/internal.h"
#include "registry/v1image.h"
#include "registry/worklimit.h"

#define LOOK_MS 10 /* between two looks at a file that grows */

struct mirror_growing {
	struct registry *reg;
	const char *id;
	struct store_partial *layer;
};

static void
close_growing(void *arg)
{
	const struct mirror_growing *g = arg;

	store_partial_close(g->layer);
}

/* Closes the layer with the arena. */
static struct mirror_growing *
growing_new(const struct task *t, const char *id, struct store_partial *layer)
{
	struct mirror_growing *g = arena_alloc(t->arena, sizeof(*g));

	*g = (struct mirror_growing){t->reg, id, layer};
	arena_defer(t->arena, close_growing, g);
	return g;
}

/* RC_NOT_FOUND: there is no layer yet, or no longer; or its length is not known, then it is
 * served once it is an image. */
static enum result
follow_fetch(const struct task *t, const char *id, struct mirror_growing **out)
{
	struct arena *scratch = arena_new(); /* it may be called again and again */
	const struct store_v1image im = v1image_of(task_with_arena(t, scratch), id);
	struct store_partial *layer;
	enum result r = store_partial_open(&im, &layer, t->err);

	if (r == RC_OK)
		*out = growing_new(t, id, layer);
	arena_free(scratch);
	return r;
}

static bool
is_here(const struct task *t, const char *id)
{
	struct arena *a = arena_new();
	const struct content *layer;
	bool here = v1image_layer(task_quiet(task_with_arena(t, a)), id, &layer) ==
		    RC_OK;

	arena_free(a);
	return here;
}

static bool
is_fetched(struct registry *reg, const char *id)
{
	return guard_is_taken(reg->store, GUARD_MIRROR, id);
}

/* Waits for the first byte before anything is sent: until then a failure of the fetch can still
 * be the answer. RC_NOT_FOUND: the layer came in one piece, and is an image now. */
static enum result
await_bytes(const struct task *t, const struct mirror_growing *g)
{
	char byte;
	ssize_t n;

	while ((n = store_partial_read_at(g->layer, &byte, 1, 0)) == 0) {
		bool running = is_fetched(g->reg, g->id);

		if (is_here(t, g->id))
			return RC_NOT_FOUND;
		if (!running)
			return err_set(t->err, RC_UPSTREAM, "the fetch has failed");
		clock_sleep_ms(LOOK_MS);
	}
	return n == 1
		   ? RC_OK
		   : err_set(t->err, RC_IO, "cannot read the layer of %s", g->id);
}

/* ---- to begin one ---- */

/* RC_NOT_FOUND: the image is here now, because another fetch ended before the guard was taken. A
 * file that a killed process left is removed before the upstream is asked: otherwise requests
 * would follow a file that does not grow any more. */
static enum result
begin_fetch(const struct task *t, const char *id, const struct mirror_image *image,
    struct guard *held, struct mirror_growing **growing)
{
	const struct store_v1image im = v1image_of(t, id);
	struct mirror_begun begun;
	enum result r;

	if (is_here(t, id))
		return RC_NOT_FOUND;
	r = store_partial_remove(&im, held, t->err);
	if (r != RC_OK)
		return r;
	r = mirror_fetch(t, id, image, held, &begun);
	if (r == RC_OK && begun.layer == NULL)
		return RC_NOT_FOUND;
	if (r == RC_OK)
		*growing = growing_new(t, id, begun.layer);
	return r;
}

/* RC_NOT_FOUND: call again. *waited: this request has waited for a fetch of another one. If that
 * fetch ended without an image, it has failed: otherwise each request that waits would start one
 * more. */
static enum result
begin_or_follow(const struct task *t, const char *id,
    const struct mirror_image *image, bool *waited, struct mirror_growing **growing)
{
	struct guard held = {0};
	enum result r;

	if (*waited && !is_fetched(t->reg, id))
		return is_here(t, id)
			   ? RC_NOT_FOUND
			   : err_set(t->err, RC_UPSTREAM, "the fetch has failed");
	r = guard_try(t->reg->store, GUARD_MIRROR, id, &held, t->err);
	if (r == RC_OK && guard_is_held(&held)) {
		r = begin_fetch(t, id, image, &held, growing);
	} else {
		*waited = true;
		if (r == RC_OK)
			r = follow_fetch(t, id, growing);
	}
	guard_release(&held); /* empty if a fetch began: the fetch has it */
	return r;
}

/* ---- the layer ---- */

/* Repeats until the layer is here, or a fetch runs that can be followed. */
static enum result
find_layer(const struct task *t, const char *id, const struct mirror_image *image,
    struct mirror_growing **growing, const struct content **file)
{
	bool waited = false;
	enum result r;

	for (;;) {
		r = is_here(t, id)
			? v1image_layer(t, id, file)
			: begin_or_follow(t, id, image, &waited, growing);
		if (r == RC_OK && *growing != NULL)
			r = await_bytes(t, *growing);
		if (r != RC_NOT_FOUND) /* else a fetch runs, or is over */
			break;
		*growing = NULL;
		clock_sleep_ms(LOOK_MS);
	}
	return r;
}

enum result
mirror_layer(const struct task *t, const char *id, struct mirror_growing **growing,
    const struct content **file)
{
	struct mirror_image image;
	enum result r = mirror_image(t, id, &image);

	*growing = NULL;
	if (r == RC_OK)
		r = worklimit_enter_thread(t, &t->reg->followers);
	return r == RC_OK ? find_layer(t, id, &image, growing, file) : r;
}

int64_t
mirror_growing_length(const struct mirror_growing *g)
{
	return store_partial_length(g->layer);
}

/* The last byte is in the file only when all bytes have been checked. After the end of the fetch
 * the file is read to its end. */
enum result
mirror_growing_write(void *arg, struct sink sink, struct err *err)
{
	struct mirror_growing *g = arg;
	char piece[65536];
	int64_t at = 0, length = store_partial_length(g->layer);
	bool running = true;
	ssize_t n;

	while (at < length) {
		int64_t left = length - at;

		n = store_partial_read_at(g->layer, piece,
		    left < (int64_t)sizeof(piece) ? (size_t)left : sizeof(piece),
		    (uint64_t)at);
		if (n == -1)
			return err_set(err, RC_IO, "read: %m");
		if (n > 0 && !sink.write(sink.arg, piece, (size_t)n))
			return err_set(err, RC_CLIENT_GONE,
			    "the client closed the connection");
		at += n;
		if (n > 0)
			continue;
		if (!running)
			return err_set(err, RC_UPSTREAM,
			    "the fetch of the layer has failed after %lld of %lld "
			    "bytes",
			    (long long)at, (long long)length);
		running = is_fetched(g->reg, g->id);
		if (running)
			clock_sleep_ms(LOOK_MS);
	}
	return RC_OK;
}

/* ---- without a client ---- */

static bool
throw_away(void *arg, const char *p, size_t n)
{
	(void)arg, (void)p, (void)n;
	return true;
}

/* In an arena of its own, so that reserved memory is released when the image is done. */
static enum result
keep_one(const struct task *t, const char *id)
{
	const struct sink nowhere = {throw_away, NULL};
	struct arena *a = arena_new();
	struct mirror_growing *g = NULL;
	const struct content *file;
	enum result r = mirror_layer(task_with_arena(t, a), id, &g, &file);

	if (r == RC_OK && g != NULL) {
		struct err ignored; /* whether the image is here decides */

		(void)mirror_growing_write(g, nowhere, &ignored);
		while (is_fetched(g->reg, g->id)) /* it becomes an image */
			clock_sleep_ms(LOOK_MS);
		if (!is_here(t, id))
			r = err_set(t->err, RC_UPSTREAM, "the fetch has failed");
	}
	arena_free(a);
	return r == RC_IMAGE_UNKNOWN ? RC_OK : r;
}

enum result
mirror_keep(const struct task *t, const char *id)
{
	struct str text;
	struct json *list;
	const char *why;
	enum result r;
	size_t i;

	if (!mirror_may_ask(t))
		return RC_OK;
	r = v1image_ancestry(t, id, &text);
	if (r == RC_IMAGE_UNKNOWN)
		r = mirror_ancestry(t, id, &text);
	if (r != RC_OK || !json_parse(t->arena, text, &list, &why))
		return r == RC_UPSTREAM || r == RC_BUSY ? r : RC_OK;
	for (i = 0; r == RC_OK && i < json_length(list); i++) {
		id = str_dup(t->arena, json_text(json_at(list, i)));
		if (v1image_check(t, id) == RC_IMAGE_UNKNOWN)
			r = keep_one(t, id);
	}
	return r;
}
