/* list.c: see list.h. */
#include "content/list.h"

#include "index/index.h"
#include "registry/referrer.h"
#include "store/repository.h"
#include "store/tag.h"

/* ---- names ---- */

struct gathering {
	struct arena *arena;
	size_t limit;
	struct content_page *page;
};

/* The name after the last of the page shows that there is more. */
static bool
take_name(void *arg, struct str name)
{
	struct gathering *g = arg;

	if (g->page->n == g->limit) {
		g->page->more = true;
		return false;
	}
	g->page->names[g->page->n++] = str_dup(g->arena, name);
	return true;
}

static bool
gather_tag(void *arg, const char *tag, const struct digest *d)
{
	(void)d;
	return take_name(arg, str_of(tag));
}

static void
begin_page(struct gathering *g, struct content_page *out)
{
	*out = (struct content_page){
	    .names = arena_alloc(g->arena, (g->limit + 1) * sizeof(*out->names))};
	g->page = out;
}

enum result
content_list_catalog(
    const struct task *t, struct str after, size_t limit, struct content_page *out)
{
	struct gathering g = {t->arena, limit, NULL};
	const struct index_page page = {after, limit + 1};
	const struct index_name_visitor visitor = {take_name, &g};

	begin_page(&g, out);
	return index_catalog(t->reg->index, &page, &visitor, t->err);
}

/* While the index is being built it has only some of the tags. The store has all. */
static enum result
gather_tags(
    const struct task *t, const char *name, struct str after, struct gathering *g)
{
	const struct store_repository in = task_repository(t, name);
	const struct index_page page = {after, g->limit + 1};
	const struct index_name_visitor visitor = {take_name, g};
	enum result r = index_tags(
	    t->reg->index, str_of(name), &page, &visitor, t->err);

	if (r != RC_REBUILDING)
		return r;
	g->page->n = 0;
	g->page->more = false;
	return store_tag_each(&in, str_dup(g->arena, after), gather_tag, g, t->err);
}

enum result
content_list_tags(const struct task *t, const char *name, struct str after,
    size_t limit, struct content_page *out)
{
	const struct store_repository in = task_repository(t, name);
	struct gathering g = {t->arena, limit, NULL};
	bool there = true;
	enum result r;

	begin_page(&g, out);
	r = gather_tags(t, name, after, &g);
	if (r == RC_OK && out->n == 0)
		r = store_repository_exists(&in, &there, t->err);
	if (r == RC_OK && !there)
		return err_set(t->err, RC_REPOSITORY_UNKNOWN, "no such repository");
	return r;
}

/* ---- referrers ---- */

struct showing {
	bool (*visit)(void *arg, const struct manifest_descriptor *one);
	void *arg;
};

static bool
show_row(void *arg, const struct index_referrer *row)
{
	const struct showing *s = arg;
	struct manifest_descriptor one;

	return !referrer_show(row, &one) || s->visit(s->arg, &one);
}

/* The index has each manifest of the repository that has a subject, also those that
 * were pushed before registries listed referrers. The list that clients kept then (the
 * tag <alg>-<hex>, distribution-spec, "Referrers tag schema") is not read: the index
 * has everything in it that a manifest says. */
enum result
content_list_referrers(const struct task *t, const char *name, struct str subject,
    struct str artifact_type, struct str after,
    bool (*visit)(void *arg, const struct manifest_descriptor *one), void *arg)
{
	const struct index_subject of = {str_of(name), subject, artifact_type};
	const struct index_page page = {after, SIZE_MAX};
	struct showing s = {visit, arg};
	const struct index_referrer_visitor visitor = {show_row, &s};

	return index_referrers(t->reg->index, &of, &page, &visitor, t->err);
}
