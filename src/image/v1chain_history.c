/* v1chain_history.c: see v1chain_history.h. */
#include "image/v1chain_history.h"

#include "base/json_slice.h"
#include "base/rfc3339.h"
#include "image/go_json.h"
#include "image/v1chain.h"

/* Null is as good as no member. */
static bool
is_a(struct str v, enum json_kind kind)
{
	return json_slice_kind(v) == JSON_NONE || json_slice_kind(v) == kind;
}

/* False: it is there, but not a time. */
static bool
read_time(struct arena *a, struct str v, struct str *out)
{
	struct rfc3339 t;

	*out = str_of(GO_JSON_NO_TIME);
	if (json_slice_kind(v) == JSON_NONE)
		return true;
	if (!rfc3339_parse(json_slice_text(a, v), &t))
		return false;
	*out = go_json_time(a, &t);
	return true;
}

static enum result
read_entry(struct arena *a, struct str v, size_t i, struct v1chain_entry *out,
    struct err *err)
{
	struct str author, comment, created, created_by, empty;
	const struct json_pick wanted[] = {
	    {"author", &author},
	    {"comment", &comment},
	    {"created", &created},
	    {"created_by", &created_by},
	    {"empty_layer", &empty},
	};

	if (!json_slice_pick(v, wanted, sizeof(wanted) / sizeof(wanted[0])))
		return err_set(err, RC_BAD_DATA,
		    "history[%zu] of the config must be an object", i);
	if (!is_a(author, JSON_STRING) || !is_a(comment, JSON_STRING) ||
	    !is_a(created_by, JSON_STRING) || !is_a(empty, JSON_BOOL))
		return err_set(err, RC_BAD_DATA,
		    "history[%zu] of the config: author, comment and created_by must "
		    "be strings, and empty_layer true or false",
		    i);
	if (!read_time(a, created, &out->created))
		return err_set(err, RC_BAD_DATA,
		    "history[%zu] of the config: created must be a time of RFC 3339",
		    i);
	out->author = json_slice_text(a, author);
	out->comment = json_slice_text(a, comment);
	out->created_by = json_slice_text(a, created_by);
	out->empty = str_is(empty, "true");
	return RC_OK;
}

/* An element for each layer. */
static enum result
make_history(struct arena *a, struct str created, size_t layers,
    struct v1chain_history *out, struct err *err)
{
	size_t n = layers == 0 ? 1 : layers, i;
	struct v1chain_entry *entries = arena_alloc(a, n * sizeof(*entries));
	struct str time;

	if (!read_time(a, created, &time))
		return err_set(err, RC_BAD_DATA,
		    "created of the config must be a time of RFC 3339");
	for (i = 0; i < n; i++)
		entries[i] = (struct v1chain_entry){.author = str_of(NULL),
		    .comment = str_of(NULL),
		    .created_by = str_of(NULL),
		    .created = time,
		    .empty = layers == 0};
	*out = (struct v1chain_history){entries, n};
	return RC_OK;
}

enum result
v1chain_read_history(struct arena *a, const struct v1chain_config_parts *config,
    size_t layers, struct v1chain_history *out, struct err *err)
{
	struct json_walk walk = json_slice_walk(config->history);
	size_t n = json_slice_count(config->history), i, full = 0;
	struct v1chain_entry *entries;
	enum result r;

	if (!is_a(config->history, JSON_ARRAY))
		return err_set(
		    err, RC_BAD_DATA, "history of the config must be a list");
	if (n == 0)
		return make_history(a, config->created, layers, out, err);
	if (n > V1CHAIN_MAX)
		return err_set(err, RC_NOT_BRIDGED,
		    "the image has %zu elements of history, each an image in API "
		    "v1; dockers before 1.10 run at most %d",
		    n, V1CHAIN_MAX);
	entries = arena_alloc(a, n * sizeof(*entries));
	for (i = 0; json_slice_next(&walk); i++) {
		r = read_entry(a, walk.value, i, &entries[i], err);
		if (r != RC_OK)
			return r;
		full += !entries[i].empty;
	}
	if (full != layers)
		return err_set(err, RC_NOT_BRIDGED,
		    "the history of the config has %zu elements with a layer, and "
		    "the manifest %zu layers: they must be as many",
		    full, layers);
	*out = (struct v1chain_history){entries, n};
	return RC_OK;
}
