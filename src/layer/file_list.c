/* file_list.c: see file_list.h. */
#include "layer/file_list.h"

#include <string.h>

#include "base/arena.h"
#include "base/jsonw.h"

#define WHITEOUT "/.wh."

struct listing {
	struct sink sink;
	uint64_t written, limit; /* bytes */
	bool too_long;           /* the limit was passed */
	bool refused;            /* the sink refused a write */
	struct jsonw w;
	struct arena *scratch; /* cleared for each entry */
};

/* The sink of the JSON writer: counts the bytes and passes them on. */
static bool
write_counted(void *arg, const char *p, size_t n)
{
	struct listing *l = arg;

	l->written += n;
	l->too_long = l->written > l->limit;
	if (l->too_long)
		return false;
	l->refused = !l->sink.write(l->sink.arg, p, n);
	return !l->refused;
}

/* The letter that docker-registry used. An archive from before POSIX has no type for
 * directories: there a slash at the end of the name says it. */
static const char *
type_letter(const struct tar_entry *e)
{
	switch (e->type) {
	case '\0':
		return e->name.n > 0 && e->name.p[e->name.n - 1] == '/' ? "d" : "f";
	case '0':
		return "f";
	case '1':
		return "l";
	case '2':
		return "s";
	case '3':
		return "c";
	case '4':
		return "b";
	case '5':
		return "d";
	case '6':
		return "i";
	case '7':
		return "t";
	case 'L':
		return "L";
	case 'K':
		return "K";
	case 'S':
		return "S";
	default:
		return "u";
	}
}

/* The name as docker-registry writes it. False: the entry is left out. */
static bool
listed_name(struct arena *a, const struct tar_entry *e, bool is_dir,
    struct str *name, bool *deleted)
{
	struct str s = e->name;

	while (is_dir && s.n > 0 && s.p[s.n - 1] == '/')
		s.n--;
	if (str_is(s, "."))
		s = str_of("/");
	else if (str_starts(s, "./"))
		s = str_make(s.p + 1, s.n - 1);
	*deleted = str_starts(s, WHITEOUT);
	if (*deleted) {
		char *plain = arena_strndup(
		    a, s.p + strlen(WHITEOUT) - 1, s.n - strlen(WHITEOUT) + 1);

		plain[0] = '/';
		s = str_make(plain, s.n - strlen(WHITEOUT) + 1);
	}
	*name = s;
	return !str_starts(s, WHITEOUT);
}

static bool
write_entry(void *arg, const struct tar_entry *e)
{
	const int64_t numbers[] = {e->size, e->mtime, e->mode, e->uid, e->gid};
	struct listing *l = arg;
	const char *type = type_letter(e);
	struct str name;
	bool deleted;
	size_t i;

	arena_clear(l->scratch);
	if (!listed_name(l->scratch, e, strcmp(type, "d") == 0, &name, &deleted))
		return true;
	jsonw_array(&l->w);
	jsonw_str(&l->w, name);
	jsonw_text(&l->w, type);
	jsonw_bool(&l->w, deleted);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		jsonw_int(&l->w, numbers[i]);
	jsonw_end(&l->w);
	return !l->w.stopped;
}

enum result
file_list_write(const struct source *layer, struct sink sink, struct err *err)
{
	const uint64_t limit = FILE_LIST_LIMIT(layer->size);
	struct listing l = {.sink = sink,
	    .limit = limit < FILE_LIST_MAX ? limit : FILE_LIST_MAX,
	    .scratch = arena_new()};
	const struct sink counted = {write_counted, &l};
	const struct tar_visitor visitor = {write_entry, NULL, &l};
	enum result r;

	jsonw_init(&l.w, counted);
	jsonw_array(&l.w);
	r = tar_walk(layer, &visitor, err);
	jsonw_end(&l.w);
	arena_free(l.scratch);
	if (l.too_long)
		return err_set(err, RC_BAD_LAYER,
		    "the list of files is longer than %llu bytes, the limit for a "
		    "layer of %llu bytes",
		    (unsigned long long)l.limit, (unsigned long long)layer->size);
	if (r == RC_OK && l.refused)
		return err_set(err, RC_FULL, "writing the list of files failed");
	return r;
}
