/* repositories.c: see repositories.h. */
#include "v1/repositories.h"

#include "base/json.h"
#include "base/jsonw.h"
#include "images/properties.h"
#include "images/repository.h"
#include "v1/v1.h"

#define PROPERTIES_MAX ((size_t)64 << 10) /* bytes: a description, each escaped */

enum result
v1_delete_repository(struct call *c)
{
	return v1_reply_true(c, repository_remove(&c->task, &c->args.v1name));
}

enum result
v1_get_repository_json(struct call *c)
{
	struct str meta;
	enum result r = repository_meta(&c->task, &c->args.v1name, &meta);

	if (r == RC_OK)
		reply_json(c->rp, 200, meta);
	return r;
}

enum result
v1_get_properties(struct call *c)
{
	struct properties properties;
	struct jsonw w;
	struct buf b;
	enum result r = properties_get(&c->task, &c->args.v1name, &properties);

	if (r != RC_OK)
		return r;
	buf_init(&b, c->task.arena, PROPERTIES_MAX);
	jsonw_init(&w, buf_sink(&b));
	jsonw_object(&w);
	jsonw_key(&w, "access");
	jsonw_text(&w, properties.is_private ? "private" : "public");
	if (properties.description.n > 0) {
		jsonw_key(&w, "description");
		jsonw_str(&w, properties.description);
	}
	jsonw_end(&w);
	reply_json(c->rp, 200, buf_str(&b));
	return RC_OK;
}

/* Reads the body; the change points to *is_private and *description. */
static enum result
read_change(struct call *c, struct properties_change *change, bool *is_private,
    struct str *description)
{
	const struct json *access, *text;
	struct json *doc;
	const char *why;

	if (!json_parse(c->task.arena, c->body, &doc, &why))
		return err_set(&c->err, RC_BAD_DATA, "properties: %s", why);
	access = json_get(doc, "access");
	text = json_get(doc, "description");
	*is_private = str_is(json_text(access), "private");
	if (access != NULL && !*is_private && !str_is(json_text(access), "public"))
		return err_set(&c->err, RC_BAD_DATA,
		    "access must be \"private\" or \"public\"");
	if (text != NULL && json_kind(text) != JSON_STRING)
		return err_set(
		    &c->err, RC_BAD_DATA, "the description must be a string");
	if (access == NULL && text == NULL)
		return err_set(&c->err, RC_BAD_DATA,
		    "the body must have access, description, or both");
	*description = json_text(text);
	change->is_private = access == NULL ? NULL : is_private;
	change->description = text == NULL ? NULL : description;
	return RC_OK;
}

enum result
v1_put_properties(struct call *c)
{
	struct properties_change change;
	struct str description;
	bool is_private;
	enum result r = read_change(c, &change, &is_private, &description);

	if (r == RC_OK)
		r = properties_put(&c->task, &c->args.v1name, &change);
	return v1_reply_true(c, r);
}
