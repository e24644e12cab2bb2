/* origins.c: see origins.h. */
#include "bridge/origins.h"

#include "index/index.h"

static bool
note_found(void *arg, struct str repository, struct str origin)
{
	bool *found = arg;

	(void)repository;
	(void)origin;
	*found = true;
	return false;
}

enum result
origins_has(
    const struct task *t, const char *repository, const char *key, bool *out)
{
	const struct index_counterpart_visitor visitor = {note_found, out};

	*out = false;
	return index_counterpart_find(
	    t->reg->index, str_of(repository), str_of(key), &visitor, t->err);
}

struct gathering {
	struct arena *arena;
	struct origins *out;
};

static bool
add_origin(void *arg, struct str repository, struct str origin)
{
	const struct gathering *g = arg;

	g->out->list[g->out->n++] = (struct origin){
	    str_dup(g->arena, repository), str_dup(g->arena, origin)};
	return g->out->n < ORIGINS_MAX;
}

enum result
origins_find(const struct task *t, const char *repository, const struct digest *d,
    struct origins *out)
{
	struct gathering g = {t->arena, out};
	const struct index_counterpart_visitor visitor = {add_origin, &g};

	out->n = 0;
	return index_counterpart_find(t->reg->index, str_of(repository),
	    str_of(digest_text(t->arena, d)), &visitor, t->err);
}
