/* lists.c: see lists.h. */
#include "v2/lists.h"

#include "base/jsonw.h"
#include "content/list.h"
#include "registry/worklimit.h"
#include "v2/v2.h"

#define CATALOG_PAGE 1000 /* without ?n= */
#define TAGS_PAGE    1000 /* read at once */
#define BODY_MAX     ((size_t)4 << 20)

static enum result
take_page(struct request *rq, size_t usual, struct v2_page *out)
{
	enum result r = v2_page(rq, usual, out);

	return r == RC_OK
		   ? worklimit_enter(request_task(rq), V2_LIST_MEMORY(out->most))
		   : r;
}

static void
write_names(struct jsonw *w, const struct content_page *page)
{
	size_t i;

	for (i = 0; i < page->n; i++)
		jsonw_text(w, page->names[i]);
}

static void
link_next(struct request *rq, struct reply *rp, const char *path,
    const struct content_page *page, size_t most)
{
	if (page->more && page->n > 0)
		v2_next_page(rq, rp, path, page->names[page->n - 1], most, "");
}

enum result
v2_get_catalog(struct request *rq, struct reply *rp)
{
	struct content_page list;
	struct v2_page page;
	struct jsonw w;
	struct buf b;
	enum result r = take_page(rq, CATALOG_PAGE, &page);

	if (r == RC_OK)
		r = content_list_catalog(
		    request_task(rq), page.after, page.most, &list);
	if (r != RC_OK)
		return r;
	buf_init(&b, rq->arena, BODY_MAX);
	jsonw_init(&w, buf_sink(&b));
	jsonw_object(&w);
	jsonw_key(&w, "repositories");
	jsonw_array(&w);
	write_names(&w, &list);
	jsonw_end(&w);
	jsonw_end(&w);
	reply_json(rp, 200, buf_str(&b));
	link_next(rq, rp, "/v2/_catalog", &list, page.most);
	return RC_OK;
}

/* ---- tags ---- */

/* A list of tags on its way out: the page at hand, and how to read on. */
struct tags {
	struct request *rq;
	const char *name;
	struct content_page page;
	bool all; /* else the page is the answer */
};

/* Without ?n= all tags are the answer, as ever; each page is forgotten when it is
 * written. */
static enum result
write_rest(struct tags *tags, struct jsonw *w, struct err *err)
{
	struct arena *a[2] = {arena_new(), arena_new()};
	const char *last = tags->page.names[tags->page.n - 1];
	struct task task = *request_task(tags->rq);
	enum result r = RC_OK;
	size_t turn;

	task.err = err;
	for (turn = 0; r == RC_OK && tags->page.more && !w->stopped; turn ^= 1) {
		arena_clear(a[turn]);
		task.arena = a[turn];
		r = content_list_tags(
		    &task, tags->name, str_of(last), TAGS_PAGE, &tags->page);
		if (r == RC_OK) {
			write_names(w, &tags->page);
			if (tags->page.n > 0)
				last = tags->page.names[tags->page.n - 1];
		}
	}
	arena_free(a[0]);
	arena_free(a[1]);
	return r;
}

static enum result
stream_tags(void *arg, struct sink sink, struct err *err)
{
	struct tags *tags = arg;
	enum result r = RC_OK;
	struct jsonw w;

	jsonw_init(&w, sink);
	jsonw_object(&w);
	jsonw_key(&w, "name");
	jsonw_text(&w, tags->name);
	jsonw_key(&w, "tags");
	jsonw_array(&w);
	write_names(&w, &tags->page);
	if (tags->all && tags->page.more)
		r = write_rest(tags, &w, err);
	if (r != RC_OK)
		return r;
	jsonw_end(&w);
	jsonw_end(&w);
	if (w.stopped)
		return err_set(
		    err, RC_CLIENT_GONE, "the client closed the connection");
	return RC_OK;
}

enum result
v2_get_tags(struct request *rq, struct reply *rp)
{
	struct tags *tags = arena_alloc(rq->arena, sizeof(*tags));
	struct v2_page page;
	enum result r = v2_name_arg(rq, &tags->name);

	if (r == RC_OK)
		r = take_page(rq, TAGS_PAGE, &page);
	if (r != RC_OK)
		return r;
	tags->rq = rq;
	tags->all = !page.limited;
	r = content_list_tags(
	    request_task(rq), tags->name, page.after, page.most, &tags->page);
	if (r == RC_REPOSITORY_UNKNOWN)
		v2_unknown(rq, str_of(NULL));
	if (r != RC_OK)
		return r;
	reply_stream(rp, stream_tags, tags);
	if (page.limited && page.most > 0)
		link_next(rq, rp,
		    arena_printf(rq->arena, "/v2/%s/tags/list", tags->name),
		    &tags->page, page.most);
	return RC_OK;
}
