/* tags.c: see tags.h. */
#include "v1/tags.h"

#include "base/json.h"
#include "base/jsonw.h"
#include "images/access.h"
#include "images/tag.h"
#include "mirror/mirror.h"
#include "registry/worklimit.h"
#include "v1/admit.h"
#include "v1/v1.h"

static bool
write_tag(void *arg, const char *tag, const char *id)
{
	struct jsonw *w = arg;

	jsonw_key(w, tag);
	jsonw_text(w, id);
	return !w->stopped;
}

/* ---- those of the source ---- */

static enum result
source_tags(struct request *rq, const struct v1name *name, struct json **out)
{
	struct str text;
	const char *why;
	enum result r = mirror_tags(request_task(rq), name, &text);

	if (r == RC_OK && !json_parse(rq->arena, text, out, &why))
		return err_set(&rq->err, RC_UPSTREAM, "the source's tags: %s", why);
	return r;
}

struct addition {
	struct request *rq;
	const struct v1name *name;
	struct jsonw *w;
};

/* A tag that is set here is not the source's to say. */
static bool
add_tag(void *arg, const char *tag, const struct json *id)
{
	struct addition *add = arg;
	struct request *rq = add->rq;
	const char *own;

	if (tag_get(task_quiet(request_task(rq)), add->name, tag, &own) == RC_OK)
		return true;
	jsonw_key(add->w, tag);
	jsonw_str(add->w, json_text(id));
	return !add->w->stopped;
}

/* Own tags are worth having without the source's. */
static enum result
add_source_tags(
    struct request *rq, const struct v1name *name, struct jsonw *w, enum result own)
{
	struct addition add = {rq, name, w};
	struct json *tags;
	enum result r;

	if (!mirror_may_ask(request_task(rq)) ||
	    (own != RC_OK && own != RC_REPOSITORY_UNKNOWN))
		return own;
	r = source_tags(rq, name, &tags);
	if (r != RC_OK)
		return own == RC_OK ? RC_OK : r;
	json_members(tags, add_tag, &add);
	return RC_OK;
}

static enum result
get_source_tag(
    struct request *rq, const struct v1name *name, const char *tag, const char **id)
{
	struct json *tags;
	struct str text;
	enum result r = source_tags(rq, name, &tags);

	if (r != RC_OK)
		return r == RC_REPOSITORY_UNKNOWN ? RC_TAG_UNKNOWN : r;
	text = json_text(json_get(tags, tag));
	if (!v1name_is_image_id(text))
		return err_set(&rq->err, RC_TAG_UNKNOWN, "nor at the source");
	*id = str_dup(rq->arena, text);
	return RC_OK;
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
	r = add_source_tags(rq, name, &w, r);
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
	if (r == RC_TAG_UNKNOWN && mirror_may_ask(request_task(rq)))
		r = get_source_tag(rq, &name, tag, &id);
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
		r = access_tag(request_task(rq), id);
	if (r == RC_OK)
		r = mirror_keep(request_task(rq), id);
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
