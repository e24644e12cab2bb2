/* stage.c: see store/stage.h and stage.h.
 *
 * A stage is an open file: a body from the inbox (inbox.c), or a file that the store has
 * already, such as the bytes of an upload session. It is used by its descriptor, because
 * the name of a body may belong to another one soon. nginx removes its name of the body when the
 * request ends; if no call has given the file a name in the store until then, it is gone.
 *
 * A stage of content that the store has already is shared: its file keeps its names, and
 * nothing about it is changed.
 *
 * While the bytes are hashed, the kernel is asked to write back those that were hashed some
 * time ago, so that the sync before the name is given has little left to do. */
#include "storefs/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/must.h"
#include "image/v1checksum.h"
#include "storefs/content.h"
#include "storefs/inbox.h"
#include "storefs/io.h"

#define CHUNK       ((size_t)256 << 10) /* read at once: larger is not faster */
#define FLUSH_EVERY ((off_t)16 << 20)

struct stage {
	struct store *st;
	struct arena *arena;
	const char *own; /* its path in the store; NULL: a body */
	bool shared;     /* the file keeps this path, and is not written to */
	int fd;
	dev_t device; /* these two: which file it is */
	ino_t inode;
	off_t size;
	off_t at;           /* where its reader is */
	enum result filled; /* of the first write that failed, and why */
	struct err why;
};

static void
close_stage(void *arg)
{
	const struct stage *sg = arg;

	io_close(sg->fd);
}

static void
take_file(struct stage *sg, const struct io_file *file)
{
	sg->fd = file->fd;
	sg->size = file->sb.st_size;
	sg->device = file->sb.st_dev;
	sg->inode = file->sb.st_ino;
}

static enum result
open_body(struct stage *sg, const char *body, struct err *err)
{
	struct io_file file;
	enum result r;

	if (body == NULL || *body == '\0' || body[strlen(body) - 1] == '/')
		return io_open_unnamed(sg->st, &sg->fd, err);
	r = inbox_open(sg->st, body, &file, err);
	if (r == RC_OK)
		take_file(sg, &file);
	return r;
}

enum result
stage_adopt(struct store *st, struct arena *a, const char *body, struct stage **out,
    struct err *err)
{
	struct stage *sg = arena_alloc(a, sizeof(*sg));
	enum result r;

	sg->st = st;
	sg->arena = a;
	r = open_body(sg, body, err);
	if (r == RC_NOT_FOUND && errno == ENOENT)
		return err_set(err, RC_CLIENT_GONE,
		    "the web server has removed the body: the client left");
	if (r != RC_OK)
		return r == RC_NOT_FOUND ? RC_IO : r;
	arena_defer(a, close_stage, sg);
	*out = sg;
	return RC_OK;
}

enum result
stage_open(struct store *st, struct arena *a, const char *path, uint64_t size,
    struct stage **out, struct err *err)
{
	struct stage *sg = arena_alloc(a, sizeof(*sg));
	struct io_file file;
	enum result r = io_open_file(st, path, O_RDWR | O_NOFOLLOW, &file, err);

	if (r != RC_OK)
		return r;
	sg->st = st;
	sg->arena = a;
	sg->own = path;
	take_file(sg, &file);
	sg->size = (off_t)size;
	arena_defer(a, close_stage, sg);
	if (file.sb.st_size < sg->size)
		return err_set(err, RC_NOT_FOUND,
		    "%s: it has %lld bytes, %lld are expected", path,
		    (long long)file.sb.st_size, (long long)sg->size);
	*out = sg;
	return RC_OK;
}

enum result
stage_share(struct store *st, struct arena *a, const struct content *c,
    struct stage **out, struct err *err)
{
	struct stage *sg = arena_alloc(a, sizeof(*sg));
	struct io_file file;
	enum result r = io_open_file(st, content_path(c), O_RDONLY, &file, err);

	if (r != RC_OK)
		return r;
	sg->st = st;
	sg->arena = a;
	sg->own = content_path(c);
	sg->shared = true;
	take_file(sg, &file);
	arena_defer(a, close_stage, sg);
	*out = sg;
	return RC_OK;
}

enum result
stage_new(struct store *st, struct arena *a, struct stage **out, struct err *err)
{
	return stage_adopt(st, a, NULL, out, err);
}

uint64_t
stage_size(const struct stage *sg)
{
	return (uint64_t)sg->size;
}

/* ---- its bytes, a chunk at a time ---- */

typedef enum result take_chunk(
    void *arg, off_t at, const char *p, size_t n, struct err *err);

static enum result
each_chunk(struct stage *sg, take_chunk *take, void *arg, struct err *err)
{
	char *chunk = must_have(malloc(CHUNK));
	enum result r = RC_OK;
	off_t at = 0;
	ssize_t k;

	while (r == RC_OK && at < sg->size) {
		off_t left = sg->size - at;
		size_t want = left < (off_t)CHUNK ? (size_t)left : CHUNK;

		k = io_read_at(sg->fd, chunk, want, (uint64_t)at);
		if (k <= 0) {
			r = k == 0 ? err_set(err, RC_IO, "read body: too short")
				   : err_set(err, RC_IO, "read body: %m");
			break;
		}
		r = take(arg, at, chunk, (size_t)k, err);
		at += k;
	}
	free(chunk);
	return r;
}

/* Called when the file's bytes up to `end` were gone through, counted from `from`.
 * Writing back what was long ago leaves fsync(2) little to wait for. */
static void
flush_behind(int fd, off_t from, off_t end)
{
	off_t done = end - from;

	if (done % FLUSH_EVERY == 0 && done > 0)
		io_start_sync(
		    fd, (uint64_t)(end - FLUSH_EVERY), (uint64_t)FLUSH_EVERY);
}

struct hashing {
	struct hash *hash;
	int fd;
};

static enum result
hash_chunk(void *arg, off_t at, const char *p, size_t n, struct err *err)
{
	struct hashing *hs = arg;

	(void)err;
	hash_add(hs->hash, p, n);
	flush_behind(hs->fd, 0, at + (off_t)n);
	return RC_OK;
}

enum result
stage_hash(struct stage *sg, struct hash *h, struct err *err)
{
	struct hashing hs = {h, sg->fd};

	return each_chunk(sg, hash_chunk, &hs, err);
}

enum result
stage_payload_sum(struct stage *sg, struct str json, char hex[HASH_SHA256_HEX_SIZE],
    struct err *err)
{
	struct hash h;
	enum result r;

	v1checksum_begin(&h, json);
	r = stage_hash(sg, &h, err);
	if (r == RC_OK)
		hash_end(&h, hex);
	return r;
}

static ssize_t
read_stage(void *arg, void *p, size_t n)
{
	struct stage *sg = arg;
	size_t left = (size_t)(sg->size - sg->at);
	ssize_t k = io_read_at(sg->fd, p, n < left ? n : left, (uint64_t)sg->at);

	if (k > 0)
		sg->at += k;
	return k == 0 && left > 0 && n > 0 ? -1 : k;
}

struct source
stage_source(struct stage *sg)
{
	sg->at = 0;
	return (struct source){read_stage, sg, (uint64_t)sg->size};
}

enum result
stage_flush(struct stage *sg, struct err *err)
{
	if (sg->size == 0)
		return RC_OK;
	return io_sync_fd(sg->fd, sg->own ? sg->own : IO_BODY_DIR, err);
}

ssize_t
stage_read_at(const struct stage *sg, void *p, size_t n, uint64_t at)
{
	return io_read_at(sg->fd, p, n, at);
}

/* ---- filling a new one ---- */

static bool
fill_stage(void *arg, const char *p, size_t n)
{
	struct stage *sg = arg;
	off_t before = sg->size;

	if (sg->filled != RC_OK)
		return false;
	sg->filled = io_write_all_at(
	    sg->fd, str_make(p, n), (uint64_t)before, IO_TMP_DIR, &sg->why);
	if (sg->filled != RC_OK)
		return false;
	sg->size += (off_t)n;
	if (sg->size / FLUSH_EVERY > before / FLUSH_EVERY)
		io_start_sync(sg->fd, (uint64_t)(before - before % FLUSH_EVERY),
		    (uint64_t)FLUSH_EVERY);
	return true;
}

struct sink
stage_sink(struct stage *sg)
{
	return (struct sink){fill_stage, sg};
}

enum result
stage_filled(const struct stage *sg, struct err *err)
{
	if (sg->filled != RC_OK)
		*err = sg->why;
	return sg->filled;
}

/* ---- has a file the same bytes? ---- */

struct comparing {
	struct store_reader *other;
	char *chunk;
	bool same;
};

/* Fills the chunk, as far as there is something to read. */
static size_t
read_full(struct store_reader *reader, char *chunk, size_t n)
{
	size_t got = 0;
	ssize_t k;

	while (got < n && (k = store_reader_read(reader, chunk + got, n - got)) > 0)
		got += (size_t)k;
	return got;
}

/* For each_chunk(): another result than RC_OK ends it. */
static enum result
compare_chunk(void *arg, off_t at, const char *p, size_t n, struct err *err)
{
	struct comparing *c = arg;

	(void)at;
	c->same = read_full(c->other, c->chunk, n) == n &&
		  memcmp(c->chunk, p, n) == 0;
	return c->same ? RC_OK : err_set(err, RC_MISMATCH, "the bytes differ");
}

static bool
is_file_of(const struct stage *sg, const char *path)
{
	struct err ignored;
	struct stat sb;

	return io_stat_file(sg->st, path, &sb, &ignored) == RC_OK &&
	       sb.st_dev == sg->device && sb.st_ino == sg->inode &&
	       sb.st_size == sg->size;
}

static bool
has_bytes_of(struct stage *sg, const char *path)
{
	struct arena *a = arena_new();
	struct comparing c = {.same = true};
	struct err ignored;
	bool same = content_open_file(sg->st, a, path, &c.other, &ignored) ==
			RC_OK &&
		    store_reader_size(c.other) == stage_size(sg);

	if (same) {
		c.chunk = arena_alloc(a, CHUNK);
		same = each_chunk(sg, compare_chunk, &c, &ignored) == RC_OK &&
		       c.same;
	}
	arena_free(a);
	return same;
}

bool
stage_is(struct stage *sg, const char *path)
{
	return is_file_of(sg, path) || has_bytes_of(sg, path);
}

/* ---- where they go ---- */

enum result
stage_name(struct stage *sg, const char *dir, const char *name, struct err *err)
{
	const char *path = arena_printf(sg->arena, "%s/%s", dir, name);

	if (sg->shared)
		return io_share_fd(sg->st, sg->fd, dir, name, err);
	if (io_exists(sg->st, path))
		return io_replace_fd(sg->st, sg->fd, dir, name, err);
	return io_name_fd(sg->st, sg->fd, dir, name, err);
}

enum result
stage_replace(struct stage *sg, const char *dir, const char *name, struct err *err)
{
	enum result r;

	if (sg->shared)
		return io_share_fd(sg->st, sg->fd, dir, name, err);
	if (sg->own == NULL)
		return io_replace_fd(sg->st, sg->fd, dir, name, err);
	r = io_cut(sg->fd, (uint64_t)sg->size, sg->own, err);
	if (r == RC_OK)
		r = io_move_fd(sg->st, sg->fd, sg->own,
		    arena_printf(sg->arena, "%s/%s", dir, name), err);
	return r;
}

struct target {
	int fd;
	const char *path;
	off_t from;
};

static enum result
write_chunk(void *arg, off_t at, const char *p, size_t n, struct err *err)
{
	const struct target *t = arg;
	enum result r = io_write_all_at(
	    t->fd, str_make(p, n), (uint64_t)(t->from + at), t->path, err);

	if (r == RC_OK)
		flush_behind(t->fd, t->from, t->from + at + (off_t)n);
	return r;
}

/* On a full disk the bytes that fitted are in the way: they are cut off again, now or by the
 * next call. */
enum result
stage_append(struct stage *sg, const char *path, uint64_t at, struct err *err)
{
	struct target t = {.path = path, .from = (off_t)at};
	struct io_file file;
	struct err ignored;
	enum result r = io_open_file(
	    sg->st, path, O_WRONLY | O_NOFOLLOW, &file, err);

	if (r != RC_OK)
		return r;
	t.fd = file.fd;
	r = io_cut(t.fd, at, path, err);
	if (r != RC_OK)
		goto out;
	r = each_chunk(sg, write_chunk, &t, err);
	if (r == RC_OK)
		r = io_sync_fd(t.fd, path, err);
	if (r != RC_OK)
		(void)io_cut(t.fd, at, path, &ignored);
out:
	io_close(t.fd);
	return r;
}
