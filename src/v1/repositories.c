/* repositories.c: see repositories.h. */
#include "v1/repositories.h"

#include "base/json.h"
#include "base/jsonw.h"
#include "images/properties.h"
#include "images/repository.h"
#include "v1/v1.h"

#define PROPERTIES_MAX ((size_t)64 << 10) /* bytes: a description, each escaped */

enum result
v1_delete_repository(struct request *rq, struct reply *rp)
{
	struct v1name name;
	enum result r = v1_repo_arg(rq, &name);

	if (r == RC_OK)
		r = repository_remove(request_task(rq), &name);
	if (r == RC_OK)
		reply_json(rp, 200, str_of("true"));
	return r;
}

enum result
v1_get_repository_json(struct request *rq, struct reply *rp)
{
	struct v1name name;
	struct str meta;
	enum result r = v1_repo_arg(rq, &name);

	if (r == RC_OK)
		r = repository_meta(request_task(rq), &name, &meta);
	if (r == RC_OK)
		reply_json(rp, 200, meta);
	return r;
}

enum result
v1_get_properties(struct request *rq, struct reply *rp)
{
	struct properties properties;
	struct v1name name;
	struct jsonw w;
	struct buf b;
	enum result r = v1_repo_arg(rq, &name);

	if (r == RC_OK)
		r = properties_get(request_task(rq), &name, &properties);
	if (r != RC_OK)
		return r;
	buf_init(&b, rq->arena, PROPERTIES_MAX);
	jsonw_init(&w, buf_sink(&b));
	jsonw_object(&w);
	jsonw_key(&w, "access");
	jsonw_text(&w, properties.is_private ? "private" : "public");
	if (properties.description.n > 0) {
		jsonw_key(&w, "description");
		jsonw_str(&w, properties.description);
	}
	jsonw_end(&w);
	reply_json(rp, 200, buf_str(&b));
	return RC_OK;
}

/* What a body asks for; the change points into *is_private and *description. */
static enum result
read_change(struct request *rq, struct properties_change *change, bool *is_private,
    struct str *description)
{
	const struct json *access, *text;
	struct json *doc;
	const char *why;

	if (!json_parse(rq->arena, rq->body, &doc, &why))
		return err_set(&rq->err, RC_BAD_DATA, "properties: %s", why);
	access = json_get(doc, "access");
	text = json_get(doc, "description");
	*is_private = str_is(json_text(access), "private");
	if (access != NULL && !*is_private && !str_is(json_text(access), "public"))
		return err_set(
		    &rq->err, RC_BAD_DATA, "access is neither private nor public");
	if (text != NULL && json_kind(text) != JSON_STRING)
		return err_set(
		    &rq->err, RC_BAD_DATA, "the description must be a string");
	if (access == NULL && text == NULL)
		return err_set(
		    &rq->err, RC_BAD_DATA, "neither access nor description");
	*description = json_text(text);
	change->is_private = access == NULL ? NULL : is_private;
	change->description = text == NULL ? NULL : description;
	return RC_OK;
}

enum result
v1_put_properties(struct request *rq, struct reply *rp)
{
	struct properties_change change;
	struct v1name name;
	struct str description;
	bool is_private;
	enum result r = v1_repo_arg(rq, &name);

	if (r == RC_OK)
		r = read_change(rq, &change, &is_private, &description);
	if (r == RC_OK)
		r = properties_put(request_task(rq), &name, &change);
	if (r == RC_OK)
		reply_json(rp, 200, str_of("true"));
	return r;
}
