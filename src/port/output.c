/* output.c: see output.h. */
#include "port/output.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/vec.h"
#include "layer/tar_write.h"
#include "port/file.h"

#define CHUNK ((size_t)256 << 10)

struct output {
	const struct task *task;
	const char *path;
	char *tmp; /* the name it has until it is finished; NULL: its own */
	bool archive;
	int fd;        /* of the archive, or of the directory */
	int file;      /* of the file of the directory that is being written */
	enum result r; /* of the first write that failed */
	const volatile sig_atomic_t *stop; /* NULL */
	const char **written;
	size_t n, capacity;
};

static void
close_output(void *arg)
{
	struct output *o = arg;

	file_close(o->file);
	file_close(o->fd);
	if (o->tmp != NULL)
		file_remove(o->tmp);
}

/* ---- opening ---- */

/* Without slashes at the end, so that another name can stand next to it. */
static const char *
plain_path(struct arena *a, const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	return arena_strndup(a, path, n);
}

static struct output *
new_output(const struct task *t, const char *path, bool archive)
{
	struct output *o = arena_alloc(t->arena, sizeof(*o));

	o->task = t;
	o->path = plain_path(t->arena, path);
	o->archive = archive;
	o->fd = o->file = -1;
	arena_defer(t->arena, close_output, o);
	return o;
}

typedef enum result make_tmp(const char *path, char *out, int *fd, struct err *err);

static enum result
open_tmp(struct output *o, make_tmp *make)
{
	char *tmp = arena_alloc(o->task->arena, strlen(o->path) + FILE_TMP_SIZE);
	enum result r;

	if (file_exists(o->path))
		return err_set(o->task->err, RC_IO,
		    "%s: something is there already; choose a path that is free",
		    o->path);
	r = make(o->path, tmp, &o->fd, o->task->err);
	if (r == RC_OK)
		o->tmp = tmp;
	return r;
}

enum result
output_open_archive(const struct task *t, const char *path, struct output **out)
{
	*out = new_output(t, path, true);
	if (strcmp(path, "-") != 0)
		return open_tmp(*out, file_make_tmp);
	(*out)->fd = STDOUT_FILENO;
	return RC_OK;
}

enum result
output_open_directory(const struct task *t, const char *path, struct output **out)
{
	*out = new_output(t, path, false);
	return open_tmp(*out, file_make_tmp_directory);
}

enum result
output_add_to(const struct task *t, const char *path, struct output **out)
{
	struct file directory;
	enum result r = file_open(path, &directory, t->err);

	*out = new_output(t, path, false);
	if (r == RC_OK)
		(*out)->fd = directory.fd;
	if (r == RC_OK && !directory.directory)
		r = err_set(t->err, RC_IO, "%s must be a directory", path);
	return r;
}

void
output_set_stop(struct output *o, const volatile sig_atomic_t *stop)
{
	o->stop = stop;
}

/* ---- what is there ---- */

bool
output_has(const struct output *o, const char *name)
{
	struct file there;
	struct err ignored;
	size_t i;

	for (i = 0; i < o->n; i++)
		if (strcmp(o->written[i], name) == 0)
			return true;
	if (o->archive || file_open_below(o->fd, name, &there, &ignored) != RC_OK)
		return false;
	file_close(there.fd);
	return true;
}

enum result
output_read(const struct output *o, const char *name, size_t limit, struct str *out)
{
	struct err *err = o->task->err;
	struct file file;
	char *p;
	ssize_t k;
	enum result r = o->archive ? RC_NOT_FOUND
				   : file_open_below(o->fd, name, &file, err);

	if (r != RC_OK)
		return r;
	if (file.size > limit) {
		file_close(file.fd);
		return err_set(err, RC_TOO_LARGE,
		    "%s/%s has %llu bytes, %zu are allowed", o->path, name,
		    (unsigned long long)file.size, limit);
	}
	p = arena_alloc(o->task->arena, (size_t)file.size + 1);
	k = file_read_at(file.fd, p, (size_t)file.size, 0);
	file_close(file.fd);
	if (k != (ssize_t)file.size)
		return err_set(err, RC_IO, "%s/%s cannot be read", o->path, name);
	*out = str_make(p, (size_t)file.size);
	return RC_OK;
}

/* ---- writing ---- */

/* For the sink of the archive and of each file. */
static bool
write_bytes(void *arg, const char *p, size_t n)
{
	struct output *o = arg;
	int fd = o->archive ? o->fd : o->file;

	if (o->r == RC_OK && o->stop != NULL && *o->stop)
		o->r = err_set(o->task->err, RC_STOPPED, "interrupted");
	if (o->r == RC_OK)
		o->r = file_write(fd, str_make(p, n), o->task->err);
	return o->r == RC_OK;
}

static enum result
begin(struct output *o, const char *name, uint64_t size)
{
	struct sink sink = {write_bytes, o};

	o->written = vec_grow(
	    o->task->arena, o->written, o->n, &o->capacity, sizeof(*o->written));
	o->written[o->n++] = arena_strdup(o->task->arena, name);
	if (o->archive)
		(void)tar_write_file(sink, name, size);
	else if (o->r == RC_OK)
		o->r = file_begin_below(o->fd, name, &o->file, o->task->err);
	return o->r;
}

static enum result
end(struct output *o, const char *name, uint64_t size)
{
	int fd = o->file;

	if (o->archive) {
		(void)tar_write_padding((struct sink){write_bytes, o}, size);
	} else if (o->r == RC_OK) {
		o->file = -1;
		o->r = file_end_below(o->fd, name, fd, o->task->err);
	}
	return o->r;
}

enum result
output_text(struct output *o, const char *name, struct str text)
{
	enum result r = begin(o, name, text.n);

	if (r == RC_OK)
		(void)write_bytes(o, text.p, text.n);
	return end(o, name, text.n);
}

static enum result
check_digest(const struct output *o, const char *name, struct hash *hash,
    const struct digest *want)
{
	struct digest got;

	digest_end(hash, &got);
	if (digest_eq(&got, want))
		return RC_OK;
	return err_set(o->task->err, RC_IO,
	    "%s is damaged in the store: its bytes have the digest %s", name,
	    digest_text(o->task->arena, &got));
}

static enum result
copy(struct output *o, struct arena *scratch, struct store_reader *reader,
    struct hash *hash)
{
	char *chunk = arena_alloc(scratch, CHUNK);
	uint64_t left = store_reader_size(reader);
	ssize_t k;

	while (left > 0 && o->r == RC_OK) {
		k = store_reader_read(reader, chunk, left < CHUNK ? left : CHUNK);
		if (k <= 0)
			return err_set(o->task->err, RC_IO,
			    k == 0 ? "a file of the store has become shorter"
				   : "a file of the store cannot be read");
		left -= (uint64_t)k;
		hash_add(hash, chunk, (size_t)k);
		(void)write_bytes(o, chunk, (size_t)k);
	}
	return o->r;
}

enum result
output_content(struct output *o, const char *name, const struct content *content,
    const struct digest *d)
{
	struct arena *scratch = arena_new();
	struct store_reader *reader;
	struct hash hash;
	uint64_t size = 0;
	enum result r = store_content_open(
	    o->task->reg->store, scratch, content, &reader, o->task->err);

	hash_begin(&hash, d == NULL ? HASH_SHA256 : d->kind);
	if (r == RC_OK) {
		size = store_reader_size(reader);
		r = begin(o, name, size);
	}
	if (r == RC_OK)
		r = copy(o, scratch, reader, &hash);
	if (r == RC_OK && d != NULL)
		r = check_digest(o, name, &hash, d);
	if (r == RC_OK)
		r = end(o, name, size);
	arena_free(scratch);
	return r;
}

enum result
output_link(struct output *o, const char *name, const char *target)
{
	if (o->archive)
		(void)tar_write_link((struct sink){write_bytes, o}, name, target);
	else if (o->r == RC_OK)
		o->r = file_link_below(o->fd, name, target, o->task->err);
	return o->r;
}

enum result
output_finish(struct output *o)
{
	if (o->archive)
		(void)tar_write_end((struct sink){write_bytes, o});
	if (o->r == RC_OK)
		o->r = file_sync(o->fd, o->path, o->task->err);
	if (o->r == RC_OK && o->tmp != NULL) {
		o->r = file_move(o->tmp, o->path, o->task->err);
		if (o->r == RC_OK)
			o->tmp = NULL;
	}
	return o->r;
}
