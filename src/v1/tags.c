/* tags.c: see tags.h. */
#include "v1/tags.h"

#include "base/json.h"
#include "base/jsonw.h"
#include "registry/repository.h"
#include "registry/tag.h"
#include "v1/v1.h"

#define TAGS_MAX ((size_t)16 << 20) /* bytes of a list: some 150,000 tags */

static bool
write_tag(void *arg, const char *tag, const char *id)
{
	struct jsonw *w = arg;

	jsonw_key(w, tag);
	jsonw_text(w, id);
	return !w->stopped;
}

enum result
v1_get_tags(struct request *rq, struct reply *rp)
{
	struct repo_name name;
	struct jsonw w;
	struct buf b;
	enum result r = v1_repo_arg(rq, &name);

	buf_init(&b, rq->arena, TAGS_MAX);
	jsonw_init(&w, buf_sink(&b));
	jsonw_object(&w);
	if (r == RC_OK)
		r = tag_list(
		    rq->registry, rq->arena, &name, write_tag, &w, &rq->err);
	jsonw_end(&w);
	if (r == RC_OK && b.full)
		r = err_set(&rq->err, RC_IO, "more tags than a list can hold");
	if (r == RC_OK)
		reply_json(rp, 200, buf_str(&b));
	return r;
}

static enum result
names_of(struct request *rq, struct repo_name *name, const char **tag)
{
	enum result r = v1_repo_arg(rq, name);

	return r == RC_OK ? v1_tag_arg(rq, tag) : r;
}

enum result
v1_get_tag(struct request *rq, struct reply *rp)
{
	struct repo_name name;
	const char *tag, *id = NULL;
	enum result r = names_of(rq, &name, &tag);

	if (r == RC_OK)
		r = tag_get(rq->registry, rq->arena, &name, tag, &id, &rq->err);
	if (r == RC_OK)
		reply_json(rp, 200, str_of(arena_printf(rq->arena, "\"%s\"", id)));
	return r;
}

/* The body is a JSON string: the id. What is no id is no image that is here. */
static enum result
read_id(struct request *rq, const char **id)
{
	struct json *doc;
	const char *why;
	struct str text;

	if (!json_parse(rq->arena, rq->body, &doc, &why))
		return err_set(&rq->err, RC_BAD_JSON, "tag: %s", why);
	text = json_text(doc);
	if (json_kind(doc) != JSON_STRING)
		return err_set(&rq->err, RC_BAD_DATA, "tag: no string");
	if (!name_is_image_id(text))
		return err_set(&rq->err, RC_IMAGE_UNKNOWN, "tag: no image id");
	*id = str_dup(rq->arena, text);
	return RC_OK;
}

enum result
v1_put_tag(struct request *rq, struct reply *rp)
{
	struct repo_name name;
	const char *tag, *id = NULL;
	enum result r = names_of(rq, &name, &tag);

	if (r == RC_OK)
		r = read_id(rq, &id);
	if (r == RC_OK)
		r = tag_put(rq->registry, rq->arena, &name, tag, id,
		    request_header(rq, "User-Agent"), &rq->err);
	if (r == RC_OK)
		reply_json(rp, 200, str_of("true"));
	return r;
}

enum result
v1_delete_tag(struct request *rq, struct reply *rp)
{
	struct repo_name name;
	const char *tag;
	enum result r = names_of(rq, &name, &tag);

	if (r == RC_OK)
		r = tag_remove(rq->registry, rq->arena, &name, tag, &rq->err);
	if (r == RC_OK)
		reply_json(rp, 200, str_of("true"));
	return r;
}

enum result
v1_get_tag_json(struct request *rq, struct reply *rp)
{
	struct repo_name name;
	struct str meta;
	const char *tag;
	enum result r = names_of(rq, &name, &tag);

	if (r == RC_OK)
		r = tag_meta(rq->registry, rq->arena, &name, tag, &meta, &rq->err);
	if (r == RC_OK)
		reply_json(rp, 200, meta);
	return r;
}

enum result
v1_get_repository_json(struct request *rq, struct reply *rp)
{
	struct repo_name name;
	struct str meta;
	enum result r = v1_repo_arg(rq, &name);

	if (r == RC_OK)
		r = repository_meta(
		    rq->registry, rq->arena, &name, &meta, &rq->err);
	if (r == RC_OK)
		reply_json(rp, 200, meta);
	return r;
}
