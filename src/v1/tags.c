/* tags.c: see tags.h. */
#include "v1/tags.h"

#include "base/json.h"
#include "base/jsonw.h"
#include "images/tag.h"
#include "registry/worklimit.h"
#include "v1/v1.h"

static bool
write_tag(void *arg, const char *tag, const char *id)
{
	struct jsonw *w = arg;

	jsonw_key(w, tag);
	jsonw_text(w, id);
	return !w->stopped;
}

/* ---- all of them ---- */

/* Writes at most `most` bytes; out->full: there are more. */
static enum result
write_tags(
    struct request *rq, const struct v1name *name, size_t most, struct buf *out)
{
	struct jsonw w;
	enum result r;

	buf_init(out, rq->arena, most);
	jsonw_init(&w, buf_sink(out));
	jsonw_object(&w);
	r = tag_list(request_task(rq), name, write_tag, &w);
	jsonw_end(&w);
	return r;
}

/* The number of tags is known only after they were read. */
enum result
v1_get_tags(struct request *rq, struct reply *rp)
{
	struct v1name name;
	struct buf b;
	enum result r = v1_repo_arg(rq, &name);

	if (r == RC_OK)
		r = write_tags(rq, &name, WORKLIMIT_FREE, &b);
	if (r == RC_OK && b.full) {
		r = worklimit_enter(request_task(rq), V1_TAGS_MAX);
		if (r == RC_OK)
			r = write_tags(rq, &name, V1_TAGS_MAX, &b);
		if (r == RC_OK && b.full)
			r = err_set(
			    &rq->err, RC_IO, "more tags than a list can hold");
	}
	if (r == RC_OK)
		reply_json(rp, 200, buf_str(&b));
	return r;
}

/* ---- one ---- */

static enum result
names_of(struct request *rq, struct v1name *name, const char **tag)
{
	enum result r = v1_repo_arg(rq, name);

	return r == RC_OK ? v1_tag_arg(rq, tag) : r;
}

enum result
v1_get_tag(struct request *rq, struct reply *rp)
{
	struct v1name name;
	const char *tag, *id = NULL;
	enum result r = names_of(rq, &name, &tag);

	if (r == RC_OK)
		r = tag_get(request_task(rq), &name, tag, &id);
	if (r == RC_OK)
		reply_json(rp, 200, str_of(arena_printf(rq->arena, "\"%s\"", id)));
	return r;
}

/* The body is a JSON string: the id. */
static enum result
read_id(struct request *rq, const char **id)
{
	struct json *doc;
	const char *why;
	struct str text;

	if (!json_parse(rq->arena, rq->body, &doc, &why))
		return err_set(&rq->err, RC_BAD_JSON, "tag: %s", why);
	text = json_text(doc);
	if (!v1name_is_image_id(text))
		return err_set(&rq->err, RC_BAD_DATA,
		    "the body must be a JSON string that holds an image id");
	*id = str_dup(rq->arena, text);
	return RC_OK;
}

enum result
v1_put_tag(struct request *rq, struct reply *rp)
{
	struct v1name name;
	const char *tag, *id = NULL;
	enum result r = names_of(rq, &name, &tag);

	if (r == RC_OK)
		r = read_id(rq, &id);
	if (r == RC_OK)
		r = tag_put(request_task(rq), &name, tag, id,
		    request_header(rq, "User-Agent"));
	if (r == RC_OK)
		reply_json(rp, 200, str_of("true"));
	return r;
}

enum result
v1_delete_tag(struct request *rq, struct reply *rp)
{
	struct v1name name;
	const char *tag;
	enum result r = names_of(rq, &name, &tag);

	if (r == RC_OK)
		r = tag_remove(request_task(rq), &name, tag);
	if (r == RC_OK)
		reply_json(rp, 200, str_of("true"));
	return r;
}

enum result
v1_get_tag_json(struct request *rq, struct reply *rp)
{
	struct v1name name;
	struct str meta;
	const char *tag;
	enum result r = names_of(rq, &name, &tag);

	if (r == RC_OK)
		r = tag_meta(request_task(rq), &name, tag, &meta);
	if (r == RC_OK)
		reply_json(rp, 200, meta);
	return r;
}
