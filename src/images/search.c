/* search.c: see search.h. */
#include "images/search.h"

#include "index/index.h"
#include "mirror/mirror.h"
#include "registry/layouts.h"
#include "registry/worklimit.h"

struct merging {
	const struct search *search;
	struct mirror_row *upstream; /* rows of which the registry has no own */
	size_t n_upstream;
	size_t own;  /* all own rows */
	size_t sent; /* rows that were seen */
	bool ended;  /* no more are wanted */
};

static void
show_total(void *arg, size_t total)
{
	struct merging *m = arg;

	m->own = total;
	if (m->search->begin != NULL)
		m->search->begin(m->search->arg, total + m->n_upstream);
}

static bool
show_own_row(void *arg, const struct index_row *found)
{
	struct merging *m = arg;
	const struct search_row row = {found->name, found->description, 0};

	m->sent++;
	m->ended = !m->search->row(m->search->arg, &row);
	return !m->ended;
}

/* A name that is here, even if it is private, is not shown as the upstream's. */
static bool
is_here(const struct task *t, struct str name)
{
	struct layouts_found own;

	return layouts_find(task_quiet(t), str_dup(t->arena, name), &own) !=
		   RC_OK ||
	       own.v1 || own.v2;
}

static void
ask_upstream(const struct task *t, struct merging *m)
{
	struct mirror_row *rows;
	size_t i, n;

	if (!mirror_may_ask(t))
		return;
	rows = arena_alloc(t->arena, MIRROR_ROWS * sizeof(*rows));
	n = mirror_search(t, m->search->term, rows);
	m->upstream = rows;
	for (i = 0; i < n; i++)
		if (!is_here(t, rows[i].name))
			rows[m->n_upstream++] = rows[i];
}

/* They count as if they came after the own rows in one list. */
static void
show_upstream(struct merging *m)
{
	size_t i = m->search->skip > m->own ? m->search->skip - m->own : 0;

	for (; i < m->n_upstream && !m->ended && m->sent < m->search->limit; i++) {
		const struct mirror_row *s = &m->upstream[i];
		const struct search_row row = {s->name, s->description, s->stars,
		    s->official, s->automated, s->trusted};

		m->sent++;
		m->ended = !m->search->row(m->search->arg, &row);
	}
}

enum result
search_run(const struct task *t, const struct search *search)
{
	const struct index_query query = {
	    search->term, search->skip, search->limit, search->wild};
	struct merging m = {.search = search};
	const struct index_visitor visitor = {show_total, show_own_row, &m};
	enum result r;

	ask_upstream(t, &m);
	r = index_search(t->reg->index, &query, &visitor, t->err);
	if (r == RC_OK)
		show_upstream(&m);
	return r;
}

enum result
search_enter(const struct task *t)
{
	int64_t n;
	enum result r = index_size(t->reg->index, &n, t->err);

	return r == RC_OK && n > SEARCH_FEW ? worklimit_enter(t, SEARCH_MEMORY) : r;
}

enum result
search_probe(const struct task *t)
{
	return index_probe(t->reg->index, t->err);
}
