/* partial.c: see store/partial.h.
 *
 * The bytes are in _berth/mirror/image/<id>/layer, and the length that was announced, if one
 * was, stands in `length` next to it. Only the holder of GUARD_MIRROR of the id writes. */
#include "store/partial.h"

#include <assert.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/must.h"
#include "store/upstream.h"
#include "storefs/io.h"
#include "storefs/stage.h"

struct store_partial {
	atomic_uint references;
	int fd;
	int64_t length;
};

static struct store_partial *
partial_new(int fd, int64_t length)
{
	struct store_partial *p = must_alloc(1, sizeof(*p));

	atomic_init(&p->references, 1);
	p->fd = fd;
	p->length = length;
	return p;
}

static const char *
layer_path(const struct store_v1image *im)
{
	return arena_printf(im->arena, IO_MIRROR_DIR "/image/%s/layer", im->id);
}

enum result
store_partial_create(const struct store_v1image *im, const struct guard *held,
    int64_t length, struct store_partial **out, struct err *err)
{
	const struct store_upstream up = store_upstream_image(
	    im->st, im->arena, im->id);
	const char *path = layer_path(im);
	enum result r;
	int fd;

	assert(guard_covers(held, GUARD_MIRROR, im->id));
	r = store_upstream_set_answer(&up, "length",
	    str_of(arena_printf(im->arena, "%lld", (long long)length)), err);
	if (r == RC_OK)
		r = io_unlink(im->st, path, err);
	if (r == RC_OK)
		r = io_create(im->st, path, &fd, err);
	if (r == RC_OK)
		*out = partial_new(fd, length);
	return r;
}

enum result
store_partial_remove(
    const struct store_v1image *im, const struct guard *held, struct err *err)
{
	assert(guard_covers(held, GUARD_MIRROR, im->id));
	return io_unlink(im->st, layer_path(im), err);
}

enum result
store_partial_open(
    const struct store_v1image *im, struct store_partial **out, struct err *err)
{
	const struct store_upstream up = store_upstream_image(
	    im->st, im->arena, im->id);
	struct io_file file;
	struct str text;
	long long length;
	enum result r = io_open_file(
	    im->st, layer_path(im), O_RDONLY | O_NOFOLLOW, &file, err);

	if (r != RC_OK)
		return r;
	r = store_upstream_answer(&up, "length", &text, NULL, err);
	if (r == RC_OK && str_to_int64(text, &length) && length > 0) {
		*out = partial_new(file.fd, length);
		return RC_OK;
	}
	io_close(file.fd);
	return err_set(err, RC_NOT_FOUND, "the length of the layer is not known");
}

struct store_partial *
store_partial_share(struct store_partial *p)
{
	(void)atomic_fetch_add(&p->references, 1);
	return p;
}

void
store_partial_close(struct store_partial *p)
{
	if (p == NULL || atomic_fetch_sub(&p->references, 1) > 1)
		return;
	io_close(p->fd);
	free(p);
}

enum result
store_partial_append(
    struct store_partial *p, const char *bytes, size_t n, struct err *err)
{
	return io_write_all(p->fd, str_make(bytes, n), IO_MIRROR_DIR, err);
}

ssize_t
store_partial_read_at(
    const struct store_partial *p, void *bytes, size_t n, uint64_t at)
{
	return io_read_at(p->fd, bytes, n, at);
}

int64_t
store_partial_length(const struct store_partial *p)
{
	return p->length;
}

enum result
store_partial_stage(const struct store_v1image *im, uint64_t size,
    struct stage **out, struct err *err)
{
	return stage_open(im->st, im->arena, layer_path(im), size, out, err);
}
