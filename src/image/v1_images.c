/* v1_images.c: merging by sorting, since a list may hold 50,000 ids. */
#include "image/v1_images.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "image/name.h"

struct entry {
	struct str id, checksum;
	size_t place; /* of mention: old ones first */
};

/* Appends the entries of a list; returns how many were no entries. */
static size_t
take_entries(const struct json *list, struct entry *entries, size_t *n)
{
	size_t i, bad = 0;

	for (i = 0; i < json_length(list); i++) {
		struct json *item = json_at(list, i);
		struct entry *e = &entries[*n];

		e->id = json_text(json_get(item, "id"));
		e->checksum = json_text(json_get(item, "checksum"));
		e->place = *n;
		if (name_is_image_id(e->id))
			(*n)++;
		else
			bad++;
	}
	return bad;
}

static int
by_id(const void *pa, const void *pb)
{
	const struct entry *a = pa, *b = pb;
	size_t n = a->id.n < b->id.n ? a->id.n : b->id.n;
	int c = memcmp(a->id.p, b->id.p, n);

	if (c != 0)
		return c;
	if (a->id.n != b->id.n)
		return a->id.n < b->id.n ? -1 : 1;
	return a->place < b->place ? -1 : a->place > b->place;
}

static int
by_place(const void *pa, const void *pb)
{
	const struct entry *a = pa, *b = pb;

	return a->place < b->place ? -1 : a->place > b->place;
}

/* Leaves one entry an id, where it was mentioned first. */
static size_t
unite(struct entry *entries, size_t n)
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

	buf_init(&b, a, V1_IMAGES_MAX);
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
		return err_set(
		    err, RC_TOO_LARGE, "the repository has too many images");
	*out = buf_str(&b);
	return RC_OK;
}

enum result
v1_images_merge(struct arena *a, struct str old, struct str announced,
    struct str *out, struct err *err)
{
	struct json *before = NULL, *now;
	struct entry *entries;
	const char *why;
	size_t n = 0;

	if (!json_parse(a, announced, &now, &why))
		return err_set(err, RC_BAD_JSON, "list of images: %s", why);
	if (json_kind(now) != JSON_ARRAY)
		return err_set(err, RC_BAD_DATA, "list of images: no list");
	if (old.n > 0 && !json_parse(a, old, &before, &why))
		return err_set(
		    err, RC_IO, "the stored list of images is damaged: %s", why);
	entries = arena_alloc(
	    a, (json_length(before) + json_length(now) + 1) * sizeof(*entries));
	/* what an old server let in and no client can use is left behind */
	(void)take_entries(before, entries, &n);
	if (take_entries(now, entries, &n) > 0)
		return err_set(err, RC_BAD_DATA,
		    "list of images: an entry without an image id");
	return write_entries(a, entries, unite(entries, n), out, err);
}
