/* file_diff.c: see file_diff.h.
 *
 * A layer may have a million entries, so only 18 bytes are kept of each: a hash of its name
 * and what is known of it. The work has three steps:
 *
 *	1. The layer's own list gives the entries. Deleted ones are decided at once; of a name
 *	   that is there twice only the last entry stays. The entries are sorted by their
 *	   hashes, so that a name is found by a binary search.
 *	2. Each ancestor's list, the nearest first, decides the entries that it mentions and
 *	   that are still undecided. The caller stops when all are decided.
 *	3. To write the three parts, the own list is read once for each part: the i-th item of
 *	   the list belongs to the i-th entry, and is copied if the entry belongs to the part. */
#include "layer/file_diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "base/vec.h"
#include "image/hash.h"
#include "layer/tar.h"

#define MEMBERS  8
#define SUM_SIZE 16 /* bytes: half of SHA-256; collisions cannot be constructed */

enum fate {
	UNDECIDED,
	DELETED,
	CHANGED,
	CREATED,
	SUPERSEDED /* a later entry has the same name */
};

struct entry {              /* in the order of the list */
	char sum[SUM_SIZE]; /* of its name */
	unsigned char fate;
	unsigned char below; /* what the ancestor's list says that is being read */
};

struct file_diff {
	struct arena *arena;
	struct entry *entries;
	size_t n, capacity, n_undecided;
	unsigned *by_name; /* indexes of n_names entries, sorted by their sums */
	size_t n_names;
};

/* ---- names ---- */

static void
hash_name(struct str name, char sum[SUM_SIZE])
{
	char hex[HASH_SHA256_HEX_SIZE];
	size_t i;

	hash_of(HASH_SHA256, name, hex);
	for (i = 0; i < SUM_SIZE; i++)
		sum[i] = (char)(hex_value(hex[2 * i]) << 4 |
				hex_value(hex[2 * i + 1]));
}

static int
compare_names(const void *a, const void *b, void *arg)
{
	const unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;
	const struct entry *entries = arg;
	int c = memcmp(entries[x].sum, entries[y].sum, SUM_SIZE);

	return c != 0 ? c : (x > y) - (x < y);
}

/* Sorts the indexes. Of entries with the same name only the last stays in by_name: equal
 * sums are sorted by their index. */
static void
sort_names(struct file_diff *d)
{
	size_t i;

	d->by_name = arena_alloc(d->arena, (d->n + 1) * sizeof(*d->by_name));
	for (i = 0; i < d->n; i++)
		d->by_name[i] = (unsigned)i;
	qsort_r(d->by_name, d->n, sizeof(*d->by_name), compare_names, d->entries);
	for (i = 0; i < d->n; i++) {
		struct entry *e = &d->entries[d->by_name[i]];

		if (i + 1 < d->n &&
		    memcmp(e->sum, d->entries[d->by_name[i + 1]].sum, SUM_SIZE) ==
			0)
			e->fate = SUPERSEDED;
		else
			d->by_name[d->n_names++] = d->by_name[i];
	}
}

static struct entry *
find_entry(const struct file_diff *d, struct str name)
{
	size_t low = 0, high = d->n_names;
	char sum[SUM_SIZE];

	hash_name(name, sum);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct entry *e = &d->entries[d->by_name[middle]];
		int c = memcmp(sum, e->sum, SUM_SIZE);

		if (c == 0)
			return e;
		if (c < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* ---- lists ---- */

/* Parses an item of a list. The arena is cleared first, so *out is valid until the next
 * item. */
static bool
parse_item(
    struct arena *scratch, struct str text, struct json **out, const char **why)
{
	arena_clear(scratch);
	if (!json_parse(scratch, text, out, why))
		return false;
	*why =
	    "an entry must be a list of 8 members: a name, a type, a boolean, ...";
	return json_length(*out) == MEMBERS &&
	       json_kind(json_at(*out, 0)) == JSON_STRING &&
	       json_kind(json_at(*out, 2)) == JSON_BOOL;
}

static enum result
read_list(struct file_diff *d, struct json_items *list,
    bool (*take)(struct file_diff *d, const struct json *item), struct err *err)
{
	struct arena *scratch = arena_new();
	const char *why = NULL;
	struct json *item;
	struct str text;

	while (json_items_next(list, &text, &why)) {
		if (!parse_item(scratch, text, &item, &why))
			break;
		why = "it has more entries than a layer may have";
		if (!take(d, item))
			break;
	}
	arena_free(scratch);
	return why == NULL
		   ? RC_OK
		   : err_set(err, RC_BAD_DATA, "not a list of files: %s", why);
}

static bool
add_own_entry(struct file_diff *d, const struct json *item)
{
	struct entry *e;

	if (d->n == TAR_ENTRIES)
		return false;
	d->entries = vec_grow(d->arena, d->entries, d->n, &d->capacity, sizeof(*e));
	e = &d->entries[d->n++];
	hash_name(json_text(json_at(item, 0)), e->sum);
	e->fate = json_is_true(json_at(item, 2)) ? DELETED : UNDECIDED;
	e->below = UNDECIDED;
	return true;
}

/* The verdict goes to `below` first, because a later entry of the ancestor's list with the
 * same name replaces it. apply_ancestor() makes it final after the end of the list. */
static bool
match_ancestor_entry(struct file_diff *d, const struct json *item)
{
	struct entry *e = find_entry(d, json_text(json_at(item, 0)));

	if (e != NULL && e->fate == UNDECIDED)
		e->below = json_is_true(json_at(item, 2)) ? CREATED : CHANGED;
	return true;
}

/* complete: the list was read without an error. If not, its verdicts are dropped. */
static void
apply_ancestor(struct file_diff *d, bool complete)
{
	size_t i;

	d->n_undecided = 0;
	for (i = 0; i < d->n; i++) {
		struct entry *e = &d->entries[i];

		if (complete && e->fate == UNDECIDED)
			e->fate = e->below;
		e->below = UNDECIDED;
		d->n_undecided += e->fate == UNDECIDED;
	}
}

/* ---- reading ---- */

enum result
file_diff_new(struct arena *a, struct json_items *list, struct file_diff **out,
    struct err *err)
{
	struct file_diff *d = arena_alloc(a, sizeof(*d));
	enum result r;

	d->arena = a;
	r = read_list(d, list, add_own_entry, err);
	if (r != RC_OK)
		return r;
	sort_names(d);
	apply_ancestor(d, false);
	*out = d;
	return RC_OK;
}

bool
file_diff_is_open(const struct file_diff *d)
{
	return d->n_undecided > 0;
}

enum result
file_diff_below(struct file_diff *d, struct json_items *list, struct err *err)
{
	enum result r = read_list(d, list, match_ancestor_entry, err);

	apply_ancestor(d, r == RC_OK);
	return r;
}

/* ---- writing ---- */

struct writing {
	const struct file_diff *diff;
	struct jsonw w;
	struct arena *scratch; /* of one item */
};

static bool
write_item(struct writing *wr, struct str text, const char **why)
{
	struct json *item;
	size_t i;

	if (!parse_item(wr->scratch, text, &item, why))
		return false;
	jsonw_key_str(&wr->w, json_text(json_at(item, 0)));
	jsonw_array(&wr->w);
	for (i = 1; i < MEMBERS; i++)
		jsonw_json(&wr->w, json_print(wr->scratch, json_at(item, i)));
	jsonw_end(&wr->w);
	return true;
}

/* An entry that no ancestor has decided is new. */
static bool
belongs_to(const struct entry *e, enum fate fate)
{
	return e->fate == fate || (fate == CREATED && e->fate == UNDECIDED);
}

/* Writes one of the three objects. Items that do not belong to it are skipped without being
 * parsed. */
static enum result
write_part(struct writing *wr, const char *key, enum fate fate,
    struct json_items *own, struct err *err)
{
	const struct file_diff *d = wr->diff;
	const char *why = NULL;
	struct str text;
	size_t i = 0;

	jsonw_key(&wr->w, key);
	jsonw_object(&wr->w);
	while (!wr->w.stopped && json_items_next(own, &text, &why)) {
		why = "it has more entries now";
		if (i == d->n)
			break;
		if (belongs_to(&d->entries[i++], fate) &&
		    !write_item(wr, text, &why))
			break;
		why = NULL;
	}
	jsonw_end(&wr->w);
	if (wr->w.stopped)
		return err_set(err, RC_FULL, "writing the difference failed");
	return why == NULL && i == d->n
		   ? RC_OK
		   : err_set(err, RC_BAD_DATA, "the list of files has changed: %s",
			 why == NULL ? "it has fewer entries now" : why);
}

enum result
file_diff_write(const struct file_diff *d,
    struct json_items *(*reopen)(void *arg, struct arena *a), void *arg,
    struct sink sink, struct err *err)
{
	static const struct {
		const char *key;
		enum fate fate;
	} parts[] = {
	    {"deleted", DELETED}, {"changed", CHANGED}, {"created", CREATED}};
	struct arena *a = arena_new();
	struct writing wr = {.diff = d, .scratch = arena_new()};
	enum result r = RC_OK;
	size_t i;

	jsonw_init(&wr.w, sink);
	jsonw_object(&wr.w);
	for (i = 0; r == RC_OK && i < sizeof(parts) / sizeof(parts[0]); i++) {
		arena_clear(a);
		r = write_part(
		    &wr, parts[i].key, parts[i].fate, reopen(arg, a), err);
	}
	jsonw_end(&wr.w);
	arena_free(wr.scratch);
	arena_free(a);
	return r;
}
