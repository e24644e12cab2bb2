/* shared_tags.c: see shared_tags.h. */
#include "registry/shared_tags.h"

#include "store/v1tag.h"

struct walk {
	const struct task *task;
	const struct pair *pair;
	struct arena *scratch;
	bool (*visit)(
	    void *arg, const struct task *t, const char *tag, const char *id);
	void *arg;
	enum result result;
};

static bool
visit_tag(void *arg, const char *tag, const char *id)
{
	struct walk *w = arg;
	const struct task *inner;
	bool shared;

	arena_clear(w->scratch);
	inner = task_with_arena(w->task, w->scratch);
	w->result = pair_tag_is_shared(inner, w->pair, tag, &shared);
	return w->result == RC_OK && (!shared || w->visit(w->arg, inner, tag, id));
}

enum result
shared_tags_each(const struct task *t, const struct pair *p,
    bool (*visit)(void *arg, const struct task *t, const char *tag, const char *id),
    void *arg)
{
	struct walk w = {
	    .task = t, .pair = p, .visit = visit, .arg = arg, .result = RC_OK};
	enum result r;

	if (!store_v1repo_exists(&p->v1repo))
		return RC_OK;
	w.scratch = arena_new();
	r = store_v1tag_each(&p->v1repo, visit_tag, &w, t->err);
	arena_free(w.scratch);
	return r == RC_OK ? w.result : r;
}
