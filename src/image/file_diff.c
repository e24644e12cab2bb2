/* file_diff.c: see file_diff.h. */
#include "image/file_diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/jsonw.h"
#include "image/file_list.h"

#define MEMBERS 8

enum fate { OPEN, DELETED, CHANGED, CREATED, SUPERSEDED };

struct entry {
	struct str name;
	struct str rest;       /* JSON of the members behind the name */
	enum fate fate, below; /* below: what the list at hand says */
	size_t at;             /* its place in the list */
	struct entry *next;
};

struct file_diff {
	struct arena *arena;
	struct arena *scratch; /* of one entry; only while its own list is read */
	struct entry *first, **last;
	struct entry **by_name;
	size_t n, n_open;
};

/* ---- names: sorted, as who chose them could make a hash table slow ---- */

static int
compare_names(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n == 0 ? 0 : memcmp(a.p, b.p, n);

	return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}

static int
compare_entries(const void *a, const void *b)
{
	const struct entry *x = *(struct entry *const *)a;
	const struct entry *y = *(struct entry *const *)b;
	int c = compare_names(x->name, y->name);

	return c != 0 ? c : (x->at > y->at) - (x->at < y->at);
}

/* Of one name the last stays. */
static void
sort(struct file_diff *d)
{
	struct entry *e;
	size_t i = 0, kept = 0;

	d->by_name = arena_alloc(d->arena, (d->n + 1) * sizeof(struct entry *));
	for (e = d->first; e != NULL; e = e->next)
		d->by_name[i++] = e;
	qsort(d->by_name, d->n, sizeof(struct entry *), compare_entries);
	for (i = 0; i < d->n; i++) {
		e = d->by_name[i];
		if (i + 1 < d->n && str_eq(e->name, d->by_name[i + 1]->name))
			e->fate = SUPERSEDED;
		else
			d->by_name[kept++] = e;
	}
	d->n = kept;
}

static int
compare_key(const void *key, const void *element)
{
	const struct str *name = key;

	return compare_names(*name, (*(struct entry *const *)element)->name);
}

static struct entry *
find(const struct file_diff *d, struct str name)
{
	struct entry **e = bsearch(
	    &name, d->by_name, d->n, sizeof(struct entry *), compare_key);

	return e == NULL ? NULL : *e;
}

/* ---- lists ---- */

struct reading {
	struct file_diff *diff;
	void (*take)(struct file_diff *d, const struct json *item);
	bool bad;
};

static bool
take_item(void *arg, const struct json *item)
{
	struct reading *r = arg;

	r->bad = json_length(item) != MEMBERS ||
		 json_kind(json_at(item, 0)) != JSON_STRING ||
		 json_kind(json_at(item, 2)) != JSON_BOOL;
	if (!r->bad)
		r->take(r->diff, item);
	return !r->bad;
}

static enum result
read_list(struct file_diff *d, struct str list,
    void (*take)(struct file_diff *d, const struct json *item), struct err *err)
{
	struct reading r = {d, take, false};
	bool is_list = false;
	const char *why;

	if (list.n > FILE_LIST_MAX)
		return err_set(
		    err, RC_BAD_DATA, "a list of files that is too long");
	if (!json_each (list, take_item, &r, &is_list, &why))
		return err_set(err, RC_BAD_DATA, "no list of files: %s", why);
	if (!is_list || r.bad)
		return err_set(
		    err, RC_BAD_DATA, "no list of files, but other JSON");
	return RC_OK;
}

static struct str
rest_of(const struct file_diff *d, const struct json *item)
{
	struct buf b;
	size_t i;

	arena_clear(d->scratch);
	buf_init(&b, d->scratch, FILE_LIST_MAX);
	for (i = 1; i < MEMBERS; i++) {
		struct str member = json_print(d->scratch, json_at(item, i));

		buf_adds(&b, i > 1 ? ", " : "");
		buf_add(&b, member.p, member.n);
	}
	return str_make(arena_strndup(d->arena, b.p, b.n), b.n);
}

static void
take_own(struct file_diff *d, const struct json *item)
{
	struct str name = json_text(json_at(item, 0));
	struct entry *e = arena_alloc(d->arena, sizeof(*e));

	e->name = str_make(arena_strndup(d->arena, name.p, name.n), name.n);
	e->rest = rest_of(d, item);
	e->fate = json_is_true(json_at(item, 2)) ? DELETED : OPEN;
	e->at = d->n++;
	*d->last = e;
	d->last = &e->next;
}

/* Of two entries with one name the later counts: the list is read to its end before
 * anything is settled. */
static void
take_below(struct file_diff *d, const struct json *item)
{
	struct entry *e = find(d, json_text(json_at(item, 0)));

	if (e != NULL && e->fate == OPEN)
		e->below = json_is_true(json_at(item, 2)) ? CREATED : CHANGED;
}

/* What the list said counts, if it was a good one. */
static void
settle(struct file_diff *d, bool good)
{
	size_t i;

	d->n_open = 0;
	for (i = 0; i < d->n; i++) {
		struct entry *e = d->by_name[i];

		if (good && e->fate == OPEN)
			e->fate = e->below;
		e->below = OPEN;
		d->n_open += e->fate == OPEN;
	}
}

/* ---- */

enum result
file_diff_new(
    struct arena *a, struct str list, struct file_diff **out, struct err *err)
{
	struct file_diff *d = arena_alloc(a, sizeof(*d));
	enum result r;

	d->arena = a;
	d->last = &d->first;
	d->scratch = arena_new();
	r = read_list(d, list, take_own, err);
	arena_free(d->scratch);
	d->scratch = NULL;
	if (r != RC_OK)
		return r;
	sort(d);
	settle(d, false);
	*out = d;
	return RC_OK;
}

bool
file_diff_is_open(const struct file_diff *d)
{
	return d->n_open > 0;
}

enum result
file_diff_below(struct file_diff *d, struct str list, struct err *err)
{
	enum result r = read_list(d, list, take_below, err);

	settle(d, r == RC_OK);
	return r;
}

static void
write_fate(
    const struct file_diff *d, struct jsonw *w, const char *key, enum fate fate)
{
	const struct entry *e;

	jsonw_key(w, key);
	jsonw_object(w);
	for (e = d->first; e != NULL && !w->stopped; e = e->next)
		/* what no ancestor has is new */
		if (e->fate == fate || (fate == CREATED && e->fate == OPEN)) {
			jsonw_key_str(w, e->name);
			jsonw_array(w);
			jsonw_json(w, e->rest);
			jsonw_end(w);
		}
	jsonw_end(w);
}

bool
file_diff_write(const struct file_diff *d, struct sink sink)
{
	struct jsonw w;

	jsonw_init(&w, sink);
	jsonw_object(&w);
	write_fate(d, &w, "deleted", DELETED);
	write_fate(d, &w, "changed", CHANGED);
	write_fate(d, &w, "created", CREATED);
	jsonw_end(&w);
	return !w.stopped;
}
