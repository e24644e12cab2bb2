/* imagelist.c: see imagelist.h. Merging sorts the entries by id and then back into their
 * order, because a list may have 50,000 ids. */
#include "image/imagelist.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "image/v1name.h"

struct entry {
	struct str id, checksum;
	size_t place; /* in the old list followed by the announced one */
};

struct entries {
	struct arena *arena;
	struct entry *entry;
	size_t n;
	bool bad; /* an entry without an image id was skipped */
};

static bool
add_entry(void *arg, const struct json *item)
{
	struct entries *es = arg;
	struct entry *e = &es->entry[es->n];
	struct str id = json_text(json_get(item, "id"));
	struct str checksum = json_text(json_get(item, "checksum"));

	if (!v1name_is_image_id(id)) {
		es->bad = true;
		return true;
	}
	e->id = str_make(str_dup(es->arena, id), id.n);
	e->checksum = str_make(str_dup(es->arena, checksum), checksum.n);
	e->place = es->n++;
	return true;
}

static int
by_id(const void *pa, const void *pb)
{
	const struct entry *a = pa, *b = pb;
	int order = str_order(a->id, b->id);

	return order != 0 ? order : (a->place > b->place) - (a->place < b->place);
}

static int
by_place(const void *pa, const void *pb)
{
	const struct entry *a = pa, *b = pb;

	return a->place < b->place ? -1 : a->place > b->place;
}

/* Merges the entries of each id into its first one. Returns how many entries are left. */
static size_t
merge_entries(struct entry *entries, size_t n)
{
	size_t i, kept = 0;

	if (n == 0)
		return 0;
	qsort(entries, n, sizeof(*entries), by_id);
	for (i = 1; i < n; i++) {
		if (!str_eq(entries[kept].id, entries[i].id))
			entries[++kept] = entries[i];
		else if (entries[i].checksum.n > 0)
			entries[kept].checksum = entries[i].checksum;
	}
	kept++;
	qsort(entries, kept, sizeof(*entries), by_place);
	return kept;
}

static enum result
write_entries(struct arena *a, const struct entry *entries, size_t n,
    struct str *out, struct err *err)
{
	struct jsonw w;
	struct buf b;
	size_t i;

	buf_init(&b, a, IMAGELIST_MAX);
	jsonw_init(&w, buf_sink(&b));
	jsonw_array(&w);
	for (i = 0; i < n; i++) {
		jsonw_object(&w);
		jsonw_key(&w, "id");
		jsonw_str(&w, entries[i].id);
		if (entries[i].checksum.n > 0) {
			jsonw_key(&w, "checksum");
			jsonw_str(&w, entries[i].checksum);
		}
		jsonw_end(&w);
	}
	jsonw_end(&w);
	if (b.full)
		return err_set(err, RC_TOO_LARGE,
		    "the repository has too many images: their list is longer than "
		    "%zu bytes",
		    IMAGELIST_MAX);
	*out = buf_str(&b);
	return RC_OK;
}

enum result
imagelist_merge(struct arena *a, struct str old, struct str announced,
    struct str *out, struct err *err)
{
	size_t capacity = (old.n + announced.n) / IMAGELIST_ENTRY_MIN + 1;
	struct entries es = {
	    .arena = a, .entry = arena_alloc(a, capacity * sizeof(struct entry))};
	bool is_list;
	const char *why;

	/* Errors of the old list are ignored: the entries before the damage are kept, and
	 * entries without an image id, which old servers accepted, are dropped. */
	if (old.n > 0)
		(void)json_each(old, add_entry, &es, &is_list, &why);
	es.bad = false;
	if (!json_each(announced, add_entry, &es, &is_list, &why))
		return err_set(
		    err, RC_BAD_JSON, "the list of images must be JSON: %s", why);
	if (!is_list || es.bad)
		return err_set(err, RC_BAD_DATA,
		    "the list of images must be a list of objects, each with an "
		    "image id");
	return write_entries(a, es.entry, merge_entries(es.entry, es.n), out, err);
}

/* Does the id appear between quotes? */
static bool
mentions(struct str item, const char *id)
{
	const size_t n = strlen(id);
	const char *quote;

	while ((quote = memchr(item.p, '"', item.n)) != NULL) {
		item = str_make(quote + 1, item.n - (size_t)(quote + 1 - item.p));
		if (item.n > n && item.p[n] == '"' && memcmp(item.p, id, n) == 0)
			return true;
	}
	return false;
}

static bool
is_entry_of(const struct json *item, const char *id)
{
	return str_is(json_text(item), id) ||
	       str_is(json_text(json_get(item, "id")), id);
}

bool
imagelist_items_have(struct json_items *list, const char *id)
{
	struct arena *scratch = arena_new();
	bool found = false;
	struct json *item;
	const char *why;
	struct str text;

	while (!found && json_items_next(list, &text, &why)) {
		if (!mentions(text, id))
			continue;
		arena_clear(scratch);
		if (!json_parse(scratch, text, &item, &why))
			break;
		found = is_entry_of(item, id);
	}
	arena_free(scratch);
	return found;
}

static ssize_t
read_text(void *arg, void *p, size_t n)
{
	struct str *left = arg;

	n = n < left->n ? n : left->n;
	if (n > 0)
		memcpy(p, left->p, n);
	*left = str_make(left->p + n, left->n - n);
	return (ssize_t)n;
}

bool
imagelist_has(struct str list, const char *id)
{
	struct arena *a;
	bool found;

	if (list.n == 0 || memmem(list.p, list.n, id, strlen(id)) == NULL)
		return false;
	a = arena_new();
	found = imagelist_items_have(json_items_new(a, read_text, &list), id);
	arena_free(a);
	return found;
}
