/* v1config.c: see v1config.h. */
#include "image/v1config.h"

#include <string.h>

#include "base/json_closed.h"
#include "base/json_slice.h"

/* A parent that is not a string must not count as "no parent", so it becomes a text that is
 * never the id of an image. */
static struct str
parent_of(struct arena *a, struct str parent)
{
	enum json_kind kind = json_slice_kind(parent);

	if (kind != JSON_NONE && kind != JSON_STRING)
		return str_of("(no text)");
	return json_slice_text(a, parent);
}

enum result
v1config_parse(
    struct arena *a, struct str text, struct v1config *out, struct err *err)
{
	struct str id, parent, comment, config, labels;
	const struct json_pick wanted[] = {
	    {"id", &id},
	    {"parent", &parent},
	    {"comment", &comment},
	    {"config", &config},
	};
	struct json_fault fault;

	if (!json_slice_check(text, &text, &fault))
		return err_set(err, RC_BAD_JSON,
		    "the image's json must be JSON: %s at byte %zu", fault.why,
		    fault.at);
	if (!json_slice_pick(text, wanted, sizeof(wanted) / sizeof(wanted[0])) ||
	    json_slice_count(text) == 0)
		return err_set(err, RC_BAD_JSON,
		    "the image's json must be an object, and not an empty one");
	if (json_slice_kind(id) == JSON_NONE)
		return err_set(err, RC_NO_ID, "the image's json must have an id");
	out->id = json_slice_text(a, id);
	out->parent = parent_of(a, parent);
	out->comment = json_slice_text(a, comment);
	labels = json_slice_get(config, "Labels");
	out->label = json_slice_text(
	    a, json_slice_get(labels, "org.opencontainers.image.description"));
	return RC_OK;
}

/* For an id that is written with escapes. */
static bool
has_id(struct str text, const char *id)
{
	struct arena *a = arena_new();
	struct v1config v;
	struct err ignored;
	bool has = v1config_parse(a, text, &v, &ignored) == RC_OK &&
		   str_is(v.id, id);

	arena_free(a);
	return has;
}

bool
v1config_is_whole(struct str text, const char *id)
{
	return json_is_closed(text) &&
	       (memmem(text.p, text.n, id, strlen(id)) != NULL || has_id(text, id));
}
