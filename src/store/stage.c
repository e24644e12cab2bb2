/* stage.c: see stage.h. */
#include "store/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image/sum.h"
#include "store/io.h"

#define CHUNK       ((size_t)256 << 10) /* read at once: larger is not faster */
#define FLUSH_EVERY ((off_t)16 << 20)

struct stage {
	struct store *st;
	struct arena *arena;
	int fd;
	off_t size;
};

static void
close_stage(void *arg)
{
	struct stage *sg = arg;

	if (sg->fd != -1)
		(void)close(sg->fd);
}

static int
open_body(struct store *st, struct arena *a, const char *path)
{
	const char *slash = path == NULL ? NULL : strrchr(path, '/');
	const char *base = slash == NULL ? path : slash + 1;

	if (base == NULL || *base == '\0')
		return openat(
		    st->root, IO_TMP_DIR, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	return openat(st->root, arena_printf(a, IO_BODY_DIR "/%s", base),
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

enum result
stage_adopt(struct store *st, struct arena *a, const char *path, struct stage **out,
    struct err *err)
{
	struct stage *sg = arena_alloc(a, sizeof(*sg));
	struct stat sb;

	sg->st = st;
	sg->arena = a;
	sg->fd = open_body(st, a, path);
	if (sg->fd == -1 && errno == ENOENT)
		return err_set(
		    err, RC_GONE, "the body was taken back before it was opened");
	if (sg->fd == -1)
		return io_failed(err, "open", path == NULL ? IO_TMP_DIR : path);
	arena_defer(a, close_stage, sg);
	if (fstat(sg->fd, &sb) == -1 || !S_ISREG(sb.st_mode))
		return err_set(err, RC_IO, "the body is no file");
	sg->size = sb.st_size;
	*out = sg;
	return RC_OK;
}

uint64_t
stage_size(const struct stage *sg)
{
	return (uint64_t)sg->size;
}

/* Writing back what was read long ago leaves fsync(2) little to wait for. */
static void
flush_behind(const struct stage *sg, off_t at)
{
	if (at % FLUSH_EVERY == 0 && at > 0)
		(void)sync_file_range(
		    sg->fd, at - FLUSH_EVERY, FLUSH_EVERY, SYNC_FILE_RANGE_WRITE);
}

static enum result
add_bytes(struct stage *sg, struct sha256 *h, struct err *err)
{
	char *chunk = malloc(CHUNK);
	enum result r = RC_OK;
	off_t at = 0;
	ssize_t k;

	if (chunk == NULL)
		abort();
	while (at < sg->size) {
		k = pread(sg->fd, chunk, CHUNK, at);
		if (k == -1 && errno == EINTR)
			continue;
		if (k <= 0) {
			r = err_set(err, RC_IO, "read body: %s",
			    k == 0 ? "too short" : strerror(errno));
			break;
		}
		sha256_add(h, chunk, (size_t)k);
		at += k;
		flush_behind(sg, at);
	}
	free(chunk);
	return r;
}

enum result
stage_payload_sum(
    struct stage *sg, struct str json, char hex[SHA256_HEX_SIZE], struct err *err)
{
	struct sha256 *h = sum_begin(sg->arena, json);
	enum result r = add_bytes(sg, h, err);

	if (r == RC_OK)
		sha256_end(h, hex);
	return r;
}

enum result
stage_flush(struct stage *sg, struct err *err)
{
	return fsync(sg->fd) == -1 ? io_failed(err, "fsync", IO_BODY_DIR) : RC_OK;
}

enum result
stage_name(struct stage *sg, const char *dir, const char *name, struct err *err)
{
	return io_name_fd(sg->st, sg->fd, dir, name, err);
}
