/* mirror_layer.c: the layer of an image that the source has (mirror.h).
 *
 * One who finds LOCK_MIRROR of the image free begins its fetch (mirror_fetch.c), which
 * takes the guard; the others follow the file as it grows. One who follows and finds the
 * guard free looks whether there is an image now: if not, the fetch has failed, or was
 * killed. */
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "registry/mirror_source.h"
#include "store/v1_image.h"
#include "store/v1_mirror.h"

#define LOOK_MS   10   /* between two looks at what grows */
#define LOOKS_MAX 6000 /* for a fetch to begin */

static void
wait_a_moment(void)
{
	const struct timespec pause = {0, LOOK_MS * 1000000L};

	(void)nanosleep(&pause, NULL);
}

struct growing {
	struct registry *reg;
	const char *id;
	int fd;
	int64_t length;
};

static void
close_growing(void *arg)
{
	const struct growing *g = arg;

	(void)close(g->fd);
}

static struct growing *
growing_new(
    struct registry *reg, struct arena *a, const char *id, int fd, int64_t length)
{
	struct growing *g = arena_alloc(a, sizeof(*g));

	*g = (struct growing){reg, id, fd, length};
	arena_defer(a, close_growing, g);
	return g;
}

/* RC_ABSENT: there is no file yet, or no more; or an empty one, which is served once it
 * is an image. */
static enum result
follow(struct registry *reg, struct arena *a, const char *id, struct growing **out,
    struct err *err)
{
	struct str text;
	long long length = -1;
	int fd;
	enum result r = v1_mirror_open(reg->store, a, id, &fd, err);

	if (r != RC_OK)
		return r;
	if (v1_mirror_note(
		reg->store, a, "image", id, "length", &text, NULL, err) != RC_OK ||
	    !str_to_int64(text, &length))
		length = -1;
	if (length == 0) {
		(void)close(fd);
		return RC_ABSENT;
	}
	*out = growing_new(reg, a, id, fd, length);
	return RC_OK;
}

/* Between the look for the image and taking the guard a fetch may have ended. */
static bool
is_here(struct registry *reg, const char *id)
{
	enum v1_state state;
	struct err ignored;

	return v1_image_state(reg->store, id, &state, &ignored) == RC_OK &&
	       state == V1_COMPLETE;
}

/* The guard is the fetch's from here on. RC_ABSENT: it is here by now. */
static enum result
begin(struct registry *reg, struct arena *a, struct str authorization,
    const char *id, const struct mirror_image *image, struct store_lock *lock,
    struct growing **growing, struct err *err)
{
	struct mirror_begun begun;
	enum result r;

	if (is_here(reg, id)) {
		store_unlock(lock);
		return RC_ABSENT;
	}
	r = mirror_fetch(reg, a, authorization, id, image, lock, &begun, err);
	if (r == RC_OK && begun.fd == -1)
		return RC_ABSENT;
	if (r == RC_OK)
		*growing = growing_new(reg, a, id, begun.fd, begun.length);
	return r;
}

/* RC_ABSENT: look again. */
static enum result
begin_or_follow(struct registry *reg, struct arena *a, struct str authorization,
    const char *id, const struct mirror_image *image, struct growing **growing,
    struct err *err)
{
	struct store_lock lock = {0};
	enum result r = store_trylock(reg->store, LOCK_MIRROR, id, &lock, err);

	if (r == RC_OK && store_locked(&lock))
		return begin(reg, a, authorization, id, image, &lock, growing, err);
	return r == RC_OK ? follow(reg, a, id, growing, err) : r;
}

enum result
mirror_layer(struct registry *reg, struct arena *a, struct str authorization,
    const char *id, struct growing **growing, struct store_file *file,
    struct err *err)
{
	struct mirror_image image;
	enum result r = mirror_image(reg, a, authorization, id, &image, err);
	int looks = 0;

	*growing = NULL;
	while (r == RC_OK) {
		r = pull_layer(reg, a, id, file, err);
		if (r == RC_OK)
			return RC_OK;
		if (r == RC_IMAGE_UNKNOWN || r == RC_IMAGE_UNFINISHED)
			r = begin_or_follow(
			    reg, a, authorization, id, &image, growing, err);
		if (r == RC_OK)
			return RC_OK;
		if (r == RC_ABSENT && looks++ < LOOKS_MAX) {
			/* a fetch has just begun, or is over */
			wait_a_moment();
			r = RC_OK;
		}
	}
	return r == RC_ABSENT ? err_set(err, RC_REMOTE, "a fetch begins and ends")
			      : r;
}

int64_t
growing_length(const struct growing *g)
{
	return g->length;
}

/* Nobody fetches it any more, and it is no image. */
static bool
has_failed(const struct growing *g)
{
	struct store_lock lock = {0};
	struct err ignored;
	bool over;

	if (store_trylock(g->reg->store, LOCK_MIRROR, g->id, &lock, &ignored) !=
	    RC_OK)
		return true;
	over = store_locked(&lock);
	store_unlock(&lock);
	return over && !is_here(g->reg, g->id);
}

/* Then what is there is all of it. Who follows the file of a fetch that was killed, while
 * another fetched the layer anew, has less. */
static bool
is_image(struct growing *g, uint64_t *size)
{
	struct arena *a = arena_new();
	struct store_file layer = {NULL, 0};
	struct err ignored;
	bool there = pull_layer(g->reg, a, g->id, &layer, &ignored) == RC_OK;

	*size = layer.size;
	arena_free(a);
	return there;
}

bool
growing_write(void *arg, struct sink sink)
{
	struct growing *g = arg;
	char piece[65536];
	bool last = false;
	uint64_t size = 0;
	int64_t at = 0;
	ssize_t n;

	for (;;) {
		n = pread(g->fd, piece, sizeof(piece), (off_t)at);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 || (n > 0 && !sink.write(sink.arg, piece, (size_t)n)))
			return false;
		at += n;
		if (n > 0)
			continue;
		if (last || at == g->length)
			return at == g->length || (uint64_t)at == size;
		last = is_image(g, &size);
		if (!last && has_failed(g))
			return false;
		if (!last)
			wait_a_moment();
	}
}
