/* schema1_write.c: see schema1_write.h. */
#include "image/schema1_write.h"

#include <assert.h>

#include "base/buf.h"
#include "base/hex.h"
#include "base/json_slice.h"
#include "base/json_sorted.h"
#include "image/go_json.h"
#include "image/manifest.h"
#include "image/v1config.h"

#define SHORT_ID_SIZE 16 /* digits of the ids that docker before 0.1.4 made */

/* ---- writing: Go's json.MarshalIndent() with three blanks ---- */

static void
write_member(struct buf *b, const char *name, const char *text)
{
	buf_printf(b, "   \"%s\": ", name);
	go_json_string(b, str_of(text));
	buf_adds(b, ",\n");
}

/* An element of a list: an object with one member. */
static void
write_element(struct buf *b, const char *name, struct str text, bool last)
{
	buf_printf(b, "      {\n         \"%s\": ", name);
	go_json_string(b, text);
	buf_adds(b, last ? "\n      }\n" : "\n      },\n");
}

struct str
schema1_write(struct arena *a, const struct schema1_image *image)
{
	const struct schema1_entry *entries = image->entries;
	struct buf b;
	size_t i;

	assert(image->n > 0);
	buf_init(&b, a, MANIFEST_MAX);
	buf_adds(&b, "{\n   \"schemaVersion\": 1,\n");
	write_member(&b, "name", image->name);
	write_member(&b, "tag", image->tag);
	write_member(&b, "architecture", image->architecture);
	buf_adds(&b, "   \"fsLayers\": [\n");
	for (i = image->n; i > 0; i--)
		write_element(&b, "blobSum",
		    str_of(digest_text(a, &entries[i - 1].layer)), i == 1);
	buf_adds(&b, "   ],\n   \"history\": [\n");
	for (i = image->n; i > 0; i--)
		write_element(&b, "v1Compatibility", entries[i - 1].json, i == 1);
	buf_adds(&b, "   ]\n}");
	return b.full ? str_of(NULL) : buf_str(&b);
}

/* ---- short ids ---- */

/* The JSON of the id that takes the place of the short one; v itself if it is not short.
 * *mended is set if it is. */
static struct str
mended_id(struct arena *a, struct str v, bool *mended)
{
	struct str id = json_slice_text(a, v);
	char hex[HASH_SHA256_HEX_SIZE];

	if (!hex_is(id, SHORT_ID_SIZE))
		return v;
	hash_of(HASH_SHA256, id, hex);
	*mended = true;
	return str_of(arena_printf(a, "\"%s\"", hex));
}

static enum result
mend_entry(struct arena *a, struct schema1_entry *entry, size_t i, struct err *err)
{
	struct str root, id, parent;
	const struct json_pick wanted[] = {{"id", &id}, {"parent", &parent}};
	struct go_json_change changes[2];
	struct json_fault fault;
	bool mended = false;
	struct buf b;

	if (!json_slice_check(entry->json, &root, &fault))
		return err_set(err, RC_BAD_DATA,
		    "the json of image %zu, counted from the base, must be JSON: %s "
		    "at byte %zu",
		    i + 1, fault.why, fault.at);
	if (!json_slice_pick(root, wanted, 2))
		return err_set(err, RC_BAD_DATA,
		    "the json of image %zu, counted from the base, must be an object",
		    i + 1);
	changes[0] = (struct go_json_change){"id", mended_id(a, id, &mended)};
	changes[1] = (struct go_json_change){
	    "parent", mended_id(a, parent, &mended)};
	if (!mended)
		return RC_OK;
	buf_init(&b, a, MANIFEST_MAX);
	if (!go_json_map(a, &b, root, changes, 2) || b.full)
		return err_set(err, RC_BAD_DATA,
		    "the json of image %zu, counted from the base, would have more "
		    "than %d members or %zu bytes",
		    i + 1, JSON_SORTED_MAX, MANIFEST_MAX);
	entry->json = buf_str(&b);
	return RC_OK;
}

enum result
schema1_mend_ids(
    struct arena *a, struct schema1_entry *entries, size_t n, struct err *err)
{
	enum result r = RC_OK;
	size_t i;

	for (i = 0; r == RC_OK && i < n; i++)
		r = mend_entry(a, &entries[i], i, err);
	return r;
}

/* ---- reading ---- */

/* An entry and the id of its image. */
struct read {
	struct schema1_entry entry;
	struct str id;
};

/* Those that were read, the last n before `end`. */
struct entries {
	struct schema1_entry *end;
	size_t n;
};

static enum result
read_entry(struct arena *a, const struct json_walk *layer,
    const struct json_walk *image, struct read *out, struct err *err)
{
	struct str sum = json_slice_text(
	    a, json_slice_get(layer->value, "blobSum"));
	struct v1config config;
	struct err why;

	if (digest_parse(sum, &out->entry.layer, &why) != RC_OK)
		return err_set(err, RC_BAD_DATA, "fsLayers: blobSum: %s", why.text);
	out->entry.json = json_slice_text(
	    a, json_slice_get(image->value, "v1Compatibility"));
	if (v1config_parse(a, out->entry.json, &config, &why) != RC_OK)
		return err_set(
		    err, RC_BAD_DATA, "history: v1Compatibility: %s", why.text);
	out->id = config.id;
	return RC_OK;
}

/* The lists begin with the top, *out with the base: it is filled from its end. Of two entries
 * of one image the lower counts, as in docker. */
static enum result
read_entries(struct arena *a, struct str layers, struct str history,
    struct entries *out, struct err *err)
{
	struct json_walk layer = json_slice_walk(layers);
	struct json_walk image = json_slice_walk(history);
	struct str above = str_of(NULL);
	struct read read;
	enum result r;

	while (json_slice_next(&layer) && json_slice_next(&image)) {
		r = read_entry(a, &layer, &image, &read, err);
		if (r != RC_OK)
			return r;
		if (out->n == 0 || !str_eq(read.id, above))
			out->n++;
		above = read.id;
		out->end[-(ptrdiff_t)out->n] = read.entry;
	}
	return RC_OK;
}

enum result
schema1_entries(struct arena *a, struct str payload,
    const struct schema1_entry **out, size_t *n, struct err *err)
{
	struct str root, layers, history;
	const struct json_pick wanted[] = {
	    {"fsLayers", &layers}, {"history", &history}};
	struct entries entries = {0};
	struct json_fault fault;
	enum result r;

	if (!json_slice_check(payload, &root, &fault))
		return err_set(err, RC_BAD_DATA,
		    "a manifest must be JSON: %s at byte %zu", fault.why, fault.at);
	(void)json_slice_pick(root, wanted, 2);
	*n = json_slice_count(layers);
	if (json_slice_kind(layers) != JSON_ARRAY ||
	    json_slice_kind(history) != JSON_ARRAY || *n == 0 ||
	    *n != json_slice_count(history))
		return err_set(err, RC_BAD_DATA,
		    "fsLayers and history must be lists of the same length, one "
		    "entry or more");
	entries.end = (struct schema1_entry *)arena_alloc(a, *n * sizeof(**out)) +
		      *n;
	r = read_entries(a, layers, history, &entries, err);
	*out = entries.end - entries.n;
	*n = entries.n;
	return r;
}
