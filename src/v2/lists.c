/* lists.c: see lists.h. */
#include "v2/lists.h"

#include "base/jsonw.h"
#include "content/list.h"
#include "registry/worklimit.h"
#include "v2/v2.h"

#define CATALOG_PAGE 1000 /* without ?n= */
#define TAGS_PAGE    1000 /* names that are read at once */
#define BODY_MAX     ((size_t)4 << 20)

/* Reads which page the client wants, and reserves the memory for it. */
static enum result
enter_page(struct call *c, size_t usual, struct v2_page *out)
{
	enum result r = v2_read_page(c, usual, out);

	if (r == RC_OK)
		r = worklimit_enter(&c->task, V2_LIST_MEMORY(out->limit));
	return r;
}

static void
write_names(struct jsonw *w, const struct content_page *page)
{
	size_t i;

	for (i = 0; i < page->n; i++)
		jsonw_text(w, page->names[i]);
}

static void
set_next_link(
    struct call *c, const char *path, const struct content_page *page, size_t limit)
{
	if (page->more && page->n > 0)
		v2_set_next_link(c, &(struct v2_next){.path = path,
					.last = page->names[page->n - 1],
					.more = "",
					.limit = limit});
}

enum result
v2_get_catalog(struct call *c)
{
	struct content_page list;
	struct v2_page page;
	struct jsonw w;
	struct buf b;
	enum result r = enter_page(c, CATALOG_PAGE, &page);

	if (r == RC_OK)
		r = content_list_catalog(&c->task, page.after, page.limit, &list);
	if (r != RC_OK)
		return r;
	buf_init(&b, c->task.arena, BODY_MAX);
	jsonw_init(&w, buf_sink(&b));
	jsonw_object(&w);
	jsonw_key(&w, "repositories");
	jsonw_array(&w);
	write_names(&w, &list);
	jsonw_end(&w);
	jsonw_end(&w);
	reply_json(c->rp, 200, buf_str(&b));
	set_next_link(c, "/v2/_catalog", &list, page.limit);
	return RC_OK;
}

/* ---- tags ---- */

/* A list of tags that is being sent: its first page, and whether the others follow. */
struct tags {
	struct call *c;
	struct content_page page;
	bool all; /* false: this page is the answer */
};

/* Without ?n= the answer has all tags. It is read a page at a time, in two arenas by turns:
 * the last name of a page is needed to read the next one. */
static enum result
write_rest(struct tags *tags, struct jsonw *w, struct err *err)
{
	struct arena *a[2] = {arena_new(), arena_new()};
	const char *last = tags->page.names[tags->page.n - 1];
	const char *name = tags->c->args.repository;
	struct task task = tags->c->task;
	enum result r = RC_OK;
	size_t i;

	task.err = err;
	for (i = 0; r == RC_OK && tags->page.more && !w->stopped; i ^= 1) {
		arena_clear(a[i]);
		task.arena = a[i];
		r = content_list_tags(
		    &task, name, str_of(last), TAGS_PAGE, &tags->page);
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
	jsonw_text(&w, tags->c->args.repository);
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
v2_get_tags(struct call *c)
{
	struct tags *tags = arena_alloc(c->task.arena, sizeof(*tags));
	const char *name = c->args.repository;
	struct v2_page page;
	enum result r = enter_page(c, TAGS_PAGE, &page);

	if (r != RC_OK)
		return r;
	tags->c = c;
	tags->all = !page.limited;
	r = content_list_tags(&c->task, name, page.after, page.limit, &tags->page);
	if (r == RC_REPOSITORY_UNKNOWN)
		v2_set_unknown_detail(c, str_of(NULL));
	if (r != RC_OK)
		return r;
	reply_stream(c->rp, stream_tags, tags);
	if (page.limited && page.limit > 0)
		set_next_link(c,
		    arena_printf(c->task.arena, "/v2/%s/tags/list", name),
		    &tags->page, page.limit);
	return RC_OK;
}
