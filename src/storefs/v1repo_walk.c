/* v1repo_walk.c: store_v1repo_walk(), see store/v1repo.h. */
#include "store/v1repo.h"

#include "base/arena.h"
#include "storefs/listing.h"
#include "storefs/v1spelling.h"

struct walk {
	const struct store *st;
	bool (*visit)(void *arg, const char *name);
	void *arg;
	struct arena *arena; /* cleared for each repository */
	const char *ns;      /* the current one */
	bool stopped;
	enum result result;
	struct err *err;
};

static bool
goes_on(const struct walk *w)
{
	return !w->stopped && w->result == RC_OK;
}

static bool
visit_repo(void *arg, const char *repo)
{
	struct walk *w = arg;
	const char *name;
	bool any;

	arena_clear(w->arena);
	name = v1spelling_read(w->arena, w->ns, repo);
	if (name == NULL)
		return true;
	w->result = listing_any(w->st,
	    arena_printf(w->arena, "repositories/%s/%s", w->ns, repo), &any,
	    w->err);
	if (w->result == RC_OK && any)
		w->stopped = !w->visit(w->arg, name);
	return goes_on(w);
}

static bool
visit_ns(void *arg, const char *ns)
{
	struct walk *w = arg;
	struct arena *a = arena_new();
	enum result r;

	w->ns = ns;
	r = listing_in_order(w->st,
	    (struct listing_from){arena_printf(a, "repositories/%s", ns)},
	    visit_repo, w, w->err);
	if (w->result == RC_OK)
		w->result = r;
	arena_free(a);
	return goes_on(w);
}

enum result
store_v1repo_walk(const struct store *st,
    bool (*visit)(void *arg, const char *name), void *arg, struct err *err)
{
	struct walk w = {.st = st, .visit = visit, .arg = arg, .err = err};
	enum result r;

	w.arena = arena_new();
	r = listing_in_order(
	    st, (struct listing_from){"repositories"}, visit_ns, &w, err);
	arena_free(w.arena);
	return r == RC_OK ? w.result : r;
}
