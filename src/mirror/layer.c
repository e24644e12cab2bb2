/* layer.c: the layer of an image that the source has (mirror.h).
 *
 * One who finds GUARD_MIRROR of the image free begins its fetch (fetch.c), which
 * takes the guard; the others follow the file as it grows. One who follows and finds the
 * guard free looks whether there is an image now: if not, the fetch has failed, or was
 * killed. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "mirror/internal.h"
#include "registry/worklimit.h"
#include "store/upstream.h"

#define LOOK_MS 10 /* between two looks at what grows */

struct mirror_growing {
	struct registry *reg;
	const char *id;
	int fd;
	int64_t length;
};

static void
close_growing(void *arg)
{
	const struct mirror_growing *g = arg;

	(void)close(g->fd);
}

static struct mirror_growing *
growing_new(const struct task *t, const char *id, int fd, int64_t length)
{
	struct mirror_growing *g = arena_alloc(t->arena, sizeof(*g));

	*g = (struct mirror_growing){t->reg, id, fd, length};
	arena_defer(t->arena, close_growing, g);
	return g;
}

/* RC_NOT_FOUND: there is no file yet, or no more; or one of no length that can be told,
 * which is served once it is an image. In turn: what is needed for a moment. */
static enum result
follow(const struct task *t, struct arena *turn, const char *id,
    struct mirror_growing **out)
{
	struct str text;
	long long length;
	int fd;
	enum result r = store_upstream_open(t->reg->store, turn, id, &fd, t->err);

	if (r != RC_OK)
		return r;
	if (store_upstream_answer(t->reg->store, turn, "image", id, "length", &text,
		NULL, t->err) == RC_OK &&
	    str_to_int64(text, &length) && length > 0) {
		*out = growing_new(t, id, fd, length);
		return RC_OK;
	}
	(void)close(fd);
	return RC_NOT_FOUND;
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

/* Nothing is answered before something came: until then a failure can be said, and a
 * layer of one piece is here when it comes. RC_NOT_FOUND: it is. */
static enum result
await_bytes(const struct task *t, const struct mirror_growing *g)
{
	char byte;
	ssize_t n;

	while ((n = pread(g->fd, &byte, 1, 0)) == 0) {
		bool running = is_fetched(g->reg, g->id);

		if (is_here(t, g->id))
			return RC_NOT_FOUND;
		if (!running)
			return err_set(t->err, RC_UPSTREAM, "the fetch has failed");
		clock_sleep_ms(LOOK_MS);
	}
	return n == 1 ? RC_OK : err_set(t->err, RC_IO, "read: %s", strerror(errno));
}

/* ---- to begin one ---- */

/* RC_NOT_FOUND: the image is here now. Between the look for it and taking the guard another
 * fetch may have ended. */
static enum result
begin(const struct task *t, const char *id, const struct mirror_image *image,
    struct guard *lock, struct mirror_growing **growing)
{
	struct mirror_begun begun;
	enum result r;

	if (is_here(t, id))
		return RC_NOT_FOUND;
	r = mirror_fetch(t, id, image, lock, &begun);
	if (r == RC_OK && begun.fd == -1)
		return RC_NOT_FOUND;
	if (r == RC_OK)
		*growing = growing_new(t, id, begun.fd, begun.length);
	return r;
}

/* RC_NOT_FOUND: look again; *waited: for a fetch that ran. One that was waited for and left
 * nothing has failed: each who waits would begin another. */
static enum result
begin_or_follow(const struct task *t, struct arena *turn, const char *id,
    const struct mirror_image *image, bool *waited, struct mirror_growing **growing)
{
	struct guard lock = {0};
	enum result r;

	if (*waited && !is_fetched(t->reg, id))
		return is_here(t, id)
			   ? RC_NOT_FOUND
			   : err_set(t->err, RC_UPSTREAM, "the fetch has failed");
	r = guard_try(t->reg->store, GUARD_MIRROR, id, &lock, t->err);
	if (r == RC_OK && guard_is_held(&lock)) {
		r = begin(t, id, image, &lock, growing);
	} else {
		*waited = true;
		if (r == RC_OK)
			r = follow(t, turn, id, growing);
	}
	guard_release(&lock); /* empty where a fetch began: it was given away */
	return r;
}

/* ---- the layer ---- */

static struct worklimit followers;

/* Looks until there is a layer, or a fetch to follow; each look in an arena that is
 * cleared, for there may be many. */
static enum result
find(const struct task *t, const char *id, const struct mirror_image *image,
    struct mirror_growing **growing, const struct content **file)
{
	struct arena *turn = arena_new();
	bool waited = false;
	enum result r;

	for (;;) {
		r = is_here(t, id)
			? v1image_layer(t, id, file)
			: begin_or_follow(t, turn, id, image, &waited, growing);
		if (r == RC_OK && *growing != NULL)
			r = await_bytes(t, *growing);
		if (r != RC_NOT_FOUND) /* else t->arena fetch runs, or is over */
			break;
		*growing = NULL;
		arena_clear(turn);
		clock_sleep_ms(LOOK_MS);
	}
	arena_free(turn);
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
		r = worklimit_enter_thread(t, &followers);
	return r == RC_OK ? find(t, id, &image, growing, file) : r;
}

int64_t
mirror_growing_length(const struct mirror_growing *g)
{
	return g->length;
}

/* The last byte is written when all are right. Once nobody fetches any more, what is there
 * is read to its end. */
bool
mirror_growing_write(void *arg, struct sink sink)
{
	struct mirror_growing *g = arg;
	char piece[65536];
	bool running = true;
	int64_t at = 0;
	ssize_t n;

	while (at < g->length) {
		int64_t left = g->length - at;

		n = pread(g->fd, piece,
		    left < (int64_t)sizeof(piece) ? (size_t)left : sizeof(piece),
		    (off_t)at);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 || (n > 0 && !sink.write(sink.arg, piece, (size_t)n)))
			return false;
		at += n;
		if (n > 0)
			continue;
		if (!running)
			return false;
		running = is_fetched(g->reg, g->id);
		if (running)
			clock_sleep_ms(LOOK_MS);
	}
	return true;
}

/* ---- without anybody to send it to ---- */

static bool
throw_away(void *arg, const char *p, size_t n)
{
	(void)arg, (void)p, (void)n;
	return true;
}

/* In an arena of its own: a seat is held no longer than it is needed. */
static enum result
keep_one(const struct task *t, const char *id)
{
	const struct sink nowhere = {throw_away, NULL};
	struct arena *a = arena_new();
	struct mirror_growing *g = NULL;
	const struct content *file;
	enum result r = mirror_layer(task_with_arena(t, a), id, &g, &file);

	if (r == RC_OK && g != NULL) {
		(void)mirror_growing_write(g, nowhere);
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
