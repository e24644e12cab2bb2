/* search.c: see search.h. */
#include "registry/search.h"

#include "index/index.h"

static void
begin(void *arg, size_t total)
{
	const struct search *s = arg;

	if (s->begin != NULL)
		s->begin(s->arg, total);
}

static bool
row(void *arg, const struct index_row *found)
{
	const struct search *s = arg;

	return s->row(s->arg, found->name, found->description);
}

enum result
search_run(struct registry *reg, const struct search *search, struct err *err)
{
	const struct index_query query = {search->term, search->skip, search->most};
	struct search copy = *search;
	const struct index_visitor visitor = {begin, row, &copy};

	return index_search(reg->index, &query, &visitor, err);
}
