/* v1_walk.c: see v1_walk.h. */
#include "store/v1_walk.h"

#include <string.h>

#include "image/name.h"
#include "store/io.h"
#include "store/listing.h"
#include "store/v1_spell.h"

struct walk {
	const struct store *st;
	v1_walk_fn *visit;
	void *arg;
	bool stopped;
};

static enum result
visit_repo(struct walk *w, struct arena *a, const char *ns, const char *repo,
    struct err *err)
{
	const char *name = v1_spell_read(a, ns, repo);
	enum result r;
	bool any;

	if (name == NULL)
		return RC_OK;
	r = listing_any(
	    w->st, arena_printf(a, "repositories/%s/%s", ns, repo), &any, err);
	if (r == RC_OK && any)
		w->stopped = !w->visit(
		    w->arg, name, arena_printf(a, "%s/%s", ns, repo));
	return r;
}

/* All pages of one namespace; the arena is this call's own, cleared a page. */
static enum result
walk_ns(struct walk *w, const char *ns, const char *after, struct err *err)
{
	struct arena *names = arena_new(), *scratch = arena_new();
	char last[NAME_MAX_BYTES + 1] = "";
	struct listing page = {.last = false};
	enum result r = RC_OK;
	size_t i;

	(void)strncpy(last, after, NAME_MAX_BYTES);
	while (r == RC_OK && !w->stopped && !page.last) {
		arena_clear(names);
		r = listing_page(w->st, names,
		    arena_printf(names, "repositories/%s", ns), last, &page, err);
		for (i = 0; r == RC_OK && !w->stopped && i < page.n; i++) {
			arena_clear(scratch);
			r = visit_repo(w, scratch, ns, page.names[i], err);
		}
		if (page.n > 0)
			(void)strncpy(last, page.names[page.n - 1], NAME_MAX_BYTES);
	}
	arena_free(scratch);
	arena_free(names);
	return r;
}

static enum result
walk_all(struct walk *w, struct arena *a, const char *ns_after,
    const char *repo_after, struct err *err)
{
	struct listing page = {.last = false};
	const char *last = ns_after;
	enum result r = RC_OK;
	size_t i;

	if (*ns_after != '\0')
		r = walk_ns(w, ns_after, repo_after, err);
	while (r == RC_OK && !w->stopped && !page.last) {
		r = listing_page(w->st, a, "repositories", last, &page, err);
		for (i = 0; r == RC_OK && !w->stopped && i < page.n; i++)
			r = walk_ns(w, page.names[i], "", err);
		if (page.n > 0)
			last = page.names[page.n - 1];
	}
	return r;
}

enum result
v1_walk(const struct store *st, const char *after, v1_walk_fn *visit, void *arg,
    struct err *err)
{
	struct walk w = {st, visit, arg, false};
	struct arena *a = arena_new();
	struct str repo = str_of(after), ns = str_cut(&repo, '/');
	enum result r;

	r = walk_all(
	    &w, a, str_dup(a, ns), repo.n > 0 ? str_dup(a, repo) : "", err);
	arena_free(a);
	return r;
}
