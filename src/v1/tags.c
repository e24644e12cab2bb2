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

/* Writes at most `limit` bytes; out->full: there are more. */
static enum result
write_tags(struct call *c, size_t limit, struct buf *out)
{
	struct jsonw w;
	enum result r;

	buf_init(out, c->task.arena, limit);
	jsonw_init(&w, buf_sink(out));
	jsonw_object(&w);
	r = tag_list(&c->task, &c->args.v1name, write_tag, &w);
	jsonw_end(&w);
	return r;
}

/* How much memory the list needs is known only after the tags were read. */
enum result
v1_get_tags(struct call *c)
{
	struct buf b;
	enum result r = write_tags(c, WORKLIMIT_FREE, &b);

	if (r == RC_OK && b.full) {
		r = worklimit_enter(&c->task, V1_TAGS_MAX);
		if (r == RC_OK)
			r = write_tags(c, V1_TAGS_MAX, &b);
		if (r == RC_OK && b.full)
			r = err_set(&c->err, RC_IO,
			    "the list of tags exceeds %zu bytes", V1_TAGS_MAX);
	}
	if (r == RC_OK)
		reply_json(c->rp, 200, buf_str(&b));
	return r;
}

enum result
v1_get_tag(struct call *c)
{
	const char *id = NULL;
	enum result r = tag_get(&c->task, &c->args.v1name, c->args.tag, &id);

	if (r == RC_OK)
		reply_json(
		    c->rp, 200, str_of(arena_printf(c->task.arena, "\"%s\"", id)));
	return r;
}

/* The body is a JSON string: the id. */
static enum result
read_id(struct call *c, const char **id)
{
	struct json *doc;
	const char *why;
	struct str text;

	if (!json_parse(c->task.arena, c->body, &doc, &why))
		return err_set(&c->err, RC_BAD_JSON, "tag: %s", why);
	text = json_text(doc);
	if (!v1name_is_image_id(text))
		return err_set(&c->err, RC_BAD_DATA,
		    "the body must be a JSON string that holds an image id");
	*id = str_dup(c->task.arena, text);
	return RC_OK;
}

enum result
v1_put_tag(struct call *c)
{
	const char *id = NULL;
	enum result r = read_id(c, &id);

	if (r == RC_OK)
		r = tag_put(&c->task, &c->args.v1name, c->args.tag, id,
		    request_header(c->rq, "User-Agent"));
	return v1_reply_true(c, r);
}

enum result
v1_delete_tag(struct call *c)
{
	return v1_reply_true(c, tag_remove(&c->task, &c->args.v1name, c->args.tag));
}

enum result
v1_get_tag_json(struct call *c)
{
	struct str meta;
	enum result r = tag_meta(&c->task, &c->args.v1name, c->args.tag, &meta);

	if (r == RC_OK)
		reply_json(c->rp, 200, meta);
	return r;
}
