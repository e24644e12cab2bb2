/* mark.c: see store/mark.h and mark.h. A mark is an empty file in a directory of marks. Its name
 * is that of the repository, with %XX for bytes that a file name cannot have. */
#include "storefs/mark.h"

#include <limits.h>
#include <string.h>

#include "base/percent.h"
#include "storefs/io.h"
#include "storefs/listing.h"

static const char *
file_of(struct arena *a, const char *name)
{
	return percent_encode(a, str_of(name), "_-", false);
}

static enum result
make_mark(struct store *st, struct mark_place in, const char *path, struct err *err)
{
	int fd = -1;
	enum result r = io_mkdirs(st, in.dir, err);

	if (r == RC_OK)
		r = io_open_own(st, path, &fd, err);
	if (r != RC_OK)
		return r;
	io_close(fd);
	return in.synced ? io_sync(st, in.dir, err) : RC_OK;
}

enum result
mark_set(struct store *st, struct mark_place in, const char *name, struct err *err)
{
	struct arena *a = arena_new();
	const char *file = file_of(a, name);
	enum result r;

	if (strlen(file) > NAME_MAX)
		r = err_set(err, RC_TOO_LARGE,
		    "the name \"%s\" is too long for a mark: its file name would "
		    "have more than %d bytes",
		    name, NAME_MAX);
	else
		r = make_mark(st, in, arena_printf(a, "%s/%s", in.dir, file), err);
	arena_free(a);
	return r;
}

enum result
mark_remove(struct store *st, const char *dir, const char *name, struct err *err)
{
	struct arena *a = arena_new();
	enum result r = io_unlink(
	    st, arena_printf(a, "%s/%s", dir, file_of(a, name)), err);

	arena_free(a);
	return r;
}

struct visiting {
	struct arena *arena;
	mark_visit *visit;
	void *arg;
};

static bool
visit_file(void *arg, const char *file)
{
	const struct visiting *v = arg;
	struct str name;

	arena_clear(v->arena);
	return !percent_decode(v->arena, str_of(file), false, &name) ||
	       v->visit(v->arg, str_dup(v->arena, name));
}

enum result
mark_each(const struct store *st, const char *dir, mark_visit *visit, void *arg,
    struct err *err)
{
	struct visiting v = {arena_new(), visit, arg};
	enum result r = listing_each(st, dir, visit_file, &v, err);

	arena_free(v.arena);
	return r;
}

/* ---- repositories that the index may have wrong ---- */

enum result
store_mark_set(struct store *st, const char *name, struct err *err)
{
	return mark_set(st, (struct mark_place){IO_MARK_DIR, true}, name, err);
}

enum result
store_mark_remove(struct store *st, const char *name, struct err *err)
{
	return mark_remove(st, IO_MARK_DIR, name, err);
}

enum result
store_mark_each(const struct store *st, bool (*visit)(void *arg, const char *name),
    void *arg, struct err *err)
{
	return mark_each(st, IO_MARK_DIR, visit, arg, err);
}
