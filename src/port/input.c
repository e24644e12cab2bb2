/* input.c: see input.h.
 *
 * An archive is gone through once for the list of its names: where each file begins, how many
 * bytes it has, or where a link leads. Files are read from their places afterwards, in any order,
 * so nothing of the archive is unpacked to a name in a file system. */
#include "port/input.h"

#include <string.h>
#include <unistd.h>

#include "base/vec.h"
#include "layer/layer_read.h"
#include "layer/tar.h"
#include "port/file.h"
#include "store/stage.h"

#define CHUNK ((size_t)256 << 10)

struct entry {
	const char *name;
	const char *target; /* of a link: another name; NULL: a file */
	uint64_t at, size;  /* of a file: where it begins in the archive */
};

struct input {
	struct arena *arena;
	int fd;              /* the directory, or the archive; -1: */
	struct stage *stage; /* a copy of the archive */
	bool directory;
	uint64_t size; /* of the archive */
	struct entry *entries;
	size_t n, capacity;
	size_t names; /* bytes of all names */
	struct err *err;
	enum result r; /* what is wrong with an entry */
};

/* ---- names ---- */

bool
input_is_name(struct str name)
{
	struct str rest = name, part;
	size_t i;

	if (name.n == 0 || name.n > INPUT_NAME_MAX)
		return false;
	for (i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] < ' ' || name.p[i] == 0x7f)
			return false;
	do {
		part = str_cut(&rest, '/');
		if (part.n == 0 || str_is(part, ".") || str_is(part, ".."))
			return false;
	} while (rest.p != NULL);
	return true;
}

/* Without what tar programs put around a name: "./" before it, "/" after a directory's. */
static struct str
plain_name(struct str name)
{
	while (str_starts(name, "./"))
		name = str_make(name.p + 2, name.n - 2);
	while (name.n > 0 && name.p[name.n - 1] == '/')
		name.n--;
	return name;
}

/* Where a symbolic link leads, as a name; empty: out of the archive. */
static struct str
resolve_link(struct arena *a, const char *name, struct str target)
{
	struct buf path;
	struct str rest = target, part;
	const char *slash = strrchr(name, '/');

	buf_init(&path, a, 2 * INPUT_NAME_MAX);
	if (slash != NULL)
		buf_add(&path, name, (size_t)(slash - name));
	if (str_starts(target, "/"))
		return str_of("");
	do {
		part = str_cut(&rest, '/');
		if (str_is(part, "..")) {
			if (path.n == 0)
				return str_of("");
			while (path.n > 0 && path.p[--path.n] != '/')
				;
		} else if (part.n > 0 && !str_is(part, ".")) {
			if (path.n > 0)
				buf_addc(&path, '/');
			buf_add(&path, part.p, part.n);
		}
	} while (rest.p != NULL);
	return path.full ? str_of("") : buf_str(&path);
}

/* ---- the list of an archive ---- */

static bool
refuse(struct input *in, const struct tar_entry *e, const char *why)
{
	in->r = err_set(in->err, RC_BAD_DATA,
	    "the archive has an entry \"%.*s\": %s",
	    (int)(e->name.n < 100 ? e->name.n : 100), e->name.p, why);
	return false;
}

static bool
set_target(struct input *in, const struct tar_entry *e, struct entry *to)
{
	struct str target = e->type == '1'
				? plain_name(e->linkname)
				: resolve_link(in->arena, to->name, e->linkname);

	if (!input_is_name(target))
		return refuse(in, e, "a link must not lead out of the archive");
	to->target = str_dup(in->arena, target);
	return true;
}

static bool
is_file(char type)
{
	return type == '0' || type == '\0' || type == '7';
}

static bool
list_entry(void *arg, const struct tar_entry *e)
{
	struct input *in = arg;
	struct str name = plain_name(e->name);
	struct entry *to;

	if (e->type == '5' && (name.n == 0 || str_is(name, ".")))
		return true;
	if (!input_is_name(name))
		return refuse(in, e,
		    "a name must be relative, without \"..\", and not longer than "
		    "255 bytes");
	if (in->n == INPUT_ENTRIES || in->names + name.n > INPUT_NAMES_MAX)
		return refuse(
		    in, e, "at most 16384 entries with 2 MiB of names are allowed");
	if (e->type == '5')
		return true;
	in->names += name.n;
	in->entries = vec_grow(
	    in->arena, in->entries, in->n, &in->capacity, sizeof(*in->entries));
	to = &in->entries[in->n++];
	*to = (struct entry){
	    str_dup(in->arena, name), NULL, e->at, (uint64_t)e->size};
	if (is_file(e->type))
		return true;
	if (e->type == '1' || e->type == '2')
		return set_target(in, e, to);
	return refuse(in, e, "it must be a file, a directory or a link");
}

/* ---- the bytes of an archive ---- */

static ssize_t
read_at(const struct input *in, void *p, size_t n, uint64_t at)
{
	if (in->stage != NULL)
		return stage_read_at(in->stage, p, n, at);
	return file_read_at(in->fd, p, n, at);
}

/* A part of the archive, or a file of the directory. */
struct part {
	const struct input *in;
	int fd; /* of a file; else -1 */
	uint64_t at, left;
};

static ssize_t
read_part(void *arg, void *p, size_t n)
{
	struct part *part = arg;
	ssize_t k;

	if (n > part->left)
		n = (size_t)part->left;
	if (n == 0)
		return 0;
	k = part->fd != -1 ? file_read_at(part->fd, p, n, part->at)
			   : read_at(part->in, p, n, part->at);
	if (k <= 0)
		return -1; /* it is shorter than it was */
	part->at += (uint64_t)k;
	part->left -= (uint64_t)k;
	return k;
}

static struct source
source_of(struct arena *a, const struct part *part)
{
	struct part *own = arena_alloc(a, sizeof(*own));

	*own = *part;
	return (struct source){read_part, own, part->left};
}

static struct source
whole(const struct input *in, struct arena *a)
{
	return source_of(a, &(struct part){in, -1, 0, in->size});
}

/* Does it begin with a header of POSIX or GNU? Then it is not compressed. */
static bool
is_plain(const struct input *in)
{
	char magic[5];

	return read_at(in, magic, sizeof(magic), 257) == sizeof(magic) &&
	       memcmp(magic, "ustar", sizeof(magic)) == 0;
}

/* ---- opening ---- */

static enum result
copy_stdin(const struct task *t, struct input *in)
{
	char *chunk = arena_alloc(t->arena, CHUNK);
	enum result r = stage_new(t->reg->store, t->arena, &in->stage, t->err);
	struct sink sink;
	ssize_t k = 0;

	if (r != RC_OK)
		return r;
	sink = stage_sink(in->stage);
	while ((k = file_read(STDIN_FILENO, chunk, CHUNK)) > 0)
		if (!sink.write(sink.arg, chunk, (size_t)k))
			break;
	if (k < 0)
		return err_set(t->err, RC_IO, "read standard input: %m");
	in->size = stage_size(in->stage);
	return stage_filled(in->stage, t->err);
}

static enum result
unpack(const struct task *t, struct input *in)
{
	struct source packed = whole(in, t->arena);
	struct layer_sums sums;
	struct stage *plain;
	struct sink sink;
	enum result r = stage_new(t->reg->store, t->arena, &plain, t->err);

	if (r != RC_OK)
		return r;
	sink = stage_sink(plain);
	r = layer_read(&packed, &sink, &sums, t->err);
	if (r == RC_FULL)
		r = stage_filled(plain, t->err);
	in->stage = plain;
	in->size = stage_size(plain);
	return r;
}

static enum result
list_archive(const struct task *t, struct input *in)
{
	const struct tar_visitor visitor = {.entry = list_entry, .arg = in};
	struct source source = whole(in, t->arena);
	enum result r = tar_walk(&source, &visitor, t->err);

	return in->r != RC_OK ? in->r : r;
}

static void
close_input(void *arg)
{
	const struct input *in = arg;

	file_close(in->fd);
}

enum result
input_open(const struct task *t, const char *path, struct input **out)
{
	struct input *in = arena_alloc(t->arena, sizeof(*in));
	struct file file;
	enum result r;

	in->arena = t->arena;
	in->err = t->err;
	in->fd = -1;
	*out = in;
	if (strcmp(path, "-") == 0) {
		r = copy_stdin(t, in);
	} else {
		r = file_open(path, &file, t->err);
		if (r != RC_OK)
			return r;
		in->fd = file.fd;
		in->directory = file.directory;
		in->size = file.size;
		arena_defer(t->arena, close_input, in);
	}
	if (r != RC_OK || in->directory)
		return r;
	if (!is_plain(in))
		r = unpack(t, in);
	return r == RC_OK ? list_archive(t, in) : r;
}

/* ---- its files ---- */

/* The last of several with one name counts, as when an archive is unpacked. */
static const struct entry *
find_entry(const struct input *in, const char *name)
{
	size_t i;

	for (i = in->n; i > 0; i--)
		if (strcmp(in->entries[i - 1].name, name) == 0)
			return &in->entries[i - 1];
	return NULL;
}

static enum result
find_in_archive(
    const struct input *in, const char *name, struct part *out, struct err *err)
{
	const struct entry *e = find_entry(in, name);
	unsigned links = 0;

	while (e != NULL && e->target != NULL) {
		if (++links > INPUT_LINKS_MAX)
			return err_set(err, RC_BAD_DATA,
			    "%s: more than %d links lead to each other", name,
			    INPUT_LINKS_MAX);
		e = find_entry(in, e->target);
	}
	if (e == NULL)
		return err_set(
		    err, RC_NOT_FOUND, "%s: there is no such file", name);
	*out = (struct part){in, -1, e->at, e->size};
	return RC_OK;
}

static void
close_part(void *arg)
{
	const struct part *part = arg;

	file_close(part->fd);
}

static enum result
find_in_directory(const struct input *in, struct arena *a, const char *name,
    struct part *out, struct err *err)
{
	struct part *opened = arena_alloc(a, sizeof(*opened));
	struct file file;
	enum result r = file_open_below(in->fd, name, &file, err);

	if (r != RC_OK)
		return r;
	*opened = (struct part){in, file.fd, 0, file.size};
	arena_defer(a, close_part, opened);
	if (file.directory)
		return err_set(err, RC_NOT_FOUND, "%s: it must be a file", name);
	*out = *opened;
	return RC_OK;
}

enum result
input_file(const struct input *in, struct arena *a, const char *name,
    struct source *out, struct err *err)
{
	struct part part;
	enum result r;

	if (!input_is_name(str_of(name)))
		return err_set(err, RC_BAD_DATA,
		    "\"%s\" cannot be the name of a file in it", name);
	r = in->directory ? find_in_directory(in, a, name, &part, err)
			  : find_in_archive(in, name, &part, err);
	if (r == RC_OK)
		*out = source_of(a, &part);
	return r;
}

bool
input_has(const struct input *in, const char *name)
{
	struct arena *scratch = arena_new();
	struct source source;
	struct err ignored;
	bool there = input_file(in, scratch, name, &source, &ignored) == RC_OK;

	arena_free(scratch);
	return there;
}

static enum result
read_all(const struct source *source, struct arena *a, struct str *out,
    const char *name, struct err *err)
{
	char *p = arena_alloc(a, (size_t)source->size + 1);
	size_t n = 0;
	ssize_t k = 1;

	while (n < source->size && k > 0) {
		k = source->read(source->arg, p + n, (size_t)source->size - n);
		if (k > 0)
			n += (size_t)k;
	}
	*out = str_make(p, n);
	return n == source->size ? RC_OK
				 : err_set(err, RC_IO, "%s cannot be read", name);
}

enum result
input_read(const struct task *t, const struct input *in, const char *name,
    size_t limit, struct str *out)
{
	struct arena *scratch = arena_new();
	struct source source;
	enum result r = input_file(in, scratch, name, &source, t->err);

	if (r == RC_OK && source.size > limit)
		r = err_set(t->err, RC_TOO_LARGE,
		    "%s has %llu bytes, %zu are allowed", name,
		    (unsigned long long)source.size, limit);
	if (r == RC_OK)
		r = read_all(&source, t->arena, out, name, t->err);
	arena_free(scratch);
	return r;
}

enum result
input_stage(const struct task *t, const struct input *in, const char *name,
    struct stage **out)
{
	char *chunk = arena_alloc(t->arena, CHUNK);
	struct source source;
	struct sink sink;
	ssize_t k;
	enum result r = input_file(in, t->arena, name, &source, t->err);

	if (r == RC_OK)
		r = stage_new(t->reg->store, t->arena, out, t->err);
	if (r != RC_OK)
		return r;
	sink = stage_sink(*out);
	while ((k = source.read(source.arg, chunk, CHUNK)) > 0)
		if (!sink.write(sink.arg, chunk, (size_t)k))
			break;
	if (k < 0)
		return err_set(t->err, RC_IO, "%s cannot be read", name);
	return stage_filled(*out, t->err);
}
