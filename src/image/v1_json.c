/* v1_json.c: see v1_json.h. */
#include "image/v1_json.h"

#include "base/json.h"

/* A parent that is no text must not pass for "no parent": it is none that exists.
 */
static struct str
parent_of(const struct json *doc)
{
	struct json *parent = json_get(doc, "parent");

	if (json_kind(parent) != JSON_NONE && json_kind(parent) != JSON_STRING)
		return str_of("(no text)");
	return json_text(parent);
}

enum result
v1_json_parse(
    struct arena *a, struct str text, struct v1_json *out, struct err *err)
{
	struct json *doc;
	const char *why;

	if (!json_parse(a, text, &doc, &why))
		return err_set(err, RC_BAD_JSON, "image json: %s", why);
	if (json_kind(doc) != JSON_OBJECT || json_is_empty(doc))
		return err_set(
		    err, RC_BAD_JSON, "image json: no object, or an empty one");
	if (json_kind(json_get(doc, "id")) == JSON_NONE)
		return err_set(err, RC_NO_ID, "image json: no id");
	out->id = json_text(json_get(doc, "id"));
	out->parent = parent_of(doc);
	out->comment = json_text(json_get(doc, "comment"));
	out->label = json_text(json_get(json_get(json_get(doc, "config"), "Labels"),
	    "org.opencontainers.image.description"));
	return RC_OK;
}
