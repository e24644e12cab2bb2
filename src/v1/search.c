/* search.c: see search.h. */
#include "v1/search.h"

#include <limits.h>

#include "base/jsonw.h"
#include "images/search.h"
#include "v1/v1.h"

#define ROWS_DEFAULT 25   /* if the client asks for a page without a size */
#define ROWS_MAX     1000 /* of a page; no client asks for more */
#define PAGE_MAX \
	((size_t)8 << 20) /* bytes: so many rows, each byte of them escaped */

struct answer {
	struct call *c;
	struct str query; /* as it was sent */
	struct str term;  /* to be searched for */
	size_t rows;      /* of a page; 0: all */
	size_t page;      /* from 1 */
	struct jsonw w;
};

static void
put_int(struct jsonw *w, const char *key, size_t v)
{
	jsonw_key(w, key);
	jsonw_int(w, (long long)v);
}

static void
write_head(void *arg, size_t total)
{
	struct answer *an = arg;
	size_t size = an->rows == 0 ? total : an->rows;

	jsonw_object(&an->w);
	jsonw_key(&an->w, "query");
	jsonw_str(&an->w, an->query);
	put_int(&an->w, "num_results", total);
	put_int(&an->w, "page", an->page);
	put_int(&an->w, "num_pages", size == 0 ? 1 : (total + size - 1) / size);
	put_int(&an->w, "page_size", size);
	jsonw_key(&an->w, "results");
	jsonw_array(&an->w);
}

static void
put_bool(struct jsonw *w, const char *key, bool v)
{
	jsonw_key(w, key);
	jsonw_bool(w, v);
}

static bool
write_row(void *arg, const struct search_row *row)
{
	struct answer *an = arg;

	jsonw_object(&an->w);
	jsonw_key(&an->w, "name");
	jsonw_str(&an->w, row->name);
	jsonw_key(&an->w, "description");
	jsonw_str(&an->w, row->description);
	jsonw_key(&an->w, "star_count");
	jsonw_int(&an->w, row->stars);
	put_bool(&an->w, "is_official", row->official);
	put_bool(&an->w, "is_trusted", row->trusted);
	put_bool(&an->w, "is_automated", row->automated);
	jsonw_end(&an->w);
	return !an->w.stopped;
}

/* A reply_stream_fn. */
static enum result
write_answer(void *arg, struct sink sink, struct err *err)
{
	struct answer *an = arg;
	struct search search = {.term = an->term,
	    .wild = str_has(an->term, '*'),
	    .limit = SIZE_MAX,
	    .begin = write_head,
	    .row = write_row,
	    .arg = an};
	enum result r;

	if (an->rows > 0) {
		search.skip = (an->page - 1) * an->rows;
		search.limit = an->rows;
	}
	jsonw_init(&an->w, sink);
	r = search_run(task_with_err(&an->c->task, err), &search);
	if (r != RC_OK)
		return r;
	jsonw_end(&an->w);
	jsonw_end(&an->w);
	if (an->w.stopped)
		return err_set(
		    err, RC_CLIENT_GONE, "the client closed the connection");
	return RC_OK;
}

/* After the first bytes are sent, it is too late to answer that the index is being rebuilt:
 * so that is checked first. */
static enum result
reply_all(struct answer *an)
{
	struct call *c = an->c;
	enum result r = search_probe(&c->task);

	if (r == RC_OK)
		reply_stream(c->rp, write_answer, an);
	return r;
}

static enum result
reply_page(struct answer *an)
{
	struct call *c = an->c;
	struct buf b;
	enum result r;

	buf_init(&b, c->task.arena, PAGE_MAX);
	r = write_answer(an, buf_sink(&b), &c->err);
	if (r == RC_OK)
		reply_json(c->rp, 200, buf_str(&b));
	return r;
}

/* Digits, however many, but not 0. */
static bool
is_positive(struct str s)
{
	size_t i, zeros = 0;

	for (i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		zeros += s.p[i] == '0';
	}
	return s.n > zeros;
}

/* Reads a number of the query, at most `limit`. Docker's own index ignored "n=0" and the
 * like, and tools send them: then, and without the parameter, *out stays as it is. */
static enum result
query_number(struct call *c, const char *name, size_t limit, size_t *out)
{
	struct str text;
	long long v;
	enum result r = target_query(
	    c->task.arena, &c->target, name, &text, &c->err);

	if (r != RC_OK || !is_positive(text))
		return r;
	*out = limit;
	if (str_to_int64(text, &v) && v < (long long)limit)
		*out = (size_t)v;
	return RC_OK;
}

/* podman sends the "*" that its users write, as in "team/" and a star. At the ends of a term
 * they mean nothing, because a term may be anywhere in a name. */
static struct str
without_outer_stars(struct str s)
{
	for (; s.n > 0 && s.p[0] == '*'; s.n--)
		s.p++;
	while (s.n > 0 && s.p[s.n - 1] == '*')
		s.n--;
	return s;
}

enum result
v1_get_search(struct call *c)
{
	struct answer *an = arena_alloc(c->task.arena, sizeof(*an));
	enum result r;

	*an = (struct answer){.c = c, .page = 1};
	r = target_query_form(c->task.arena, &c->target, "q", &an->query, &c->err);
	an->term = without_outer_stars(an->query);
	if (r == RC_OK && !str_is_utf8(an->query))
		r = err_set(&c->err, RC_BAD_REQUEST, "q must be UTF-8");
	if (r == RC_OK)
		r = query_number(c, "n", ROWS_MAX, &an->rows);
	if (r == RC_OK)
		r = query_number(c, "page", INT_MAX, &an->page);
	if (r == RC_OK)
		r = search_enter(&c->task);
	if (r != RC_OK)
		return r;
	if (an->rows == 0 && an->page > 1)
		an->rows = ROWS_DEFAULT;
	return an->rows == 0 ? reply_all(an) : reply_page(an);
}
