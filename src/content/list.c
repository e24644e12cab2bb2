/* list.c: see list.h. */
#include "content/list.h"

#include "index/index.h"
#include "registry/referrer.h"
#include "store/repository.h"
#include "store/tag.h"

/* ---- names ---- */

struct gathering {
	struct arena *arena;
	size_t most;
	struct content_page *page;
};

/* The one behind the page's last tells that there is more. */
static bool
gather(void *arg, struct str name)
{
	struct gathering *g = arg;

	if (g->page->n == g->most) {
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
	return gather(arg, str_of(tag));
}

static void
begin_page(struct gathering *g, struct content_page *out)
{
	*out = (struct content_page){
	    .names = arena_alloc(g->arena, (g->most + 1) * sizeof(*out->names))};
	g->page = out;
}

enum result
content_list_catalog(struct registry *reg, struct arena *a, struct str after,
    size_t most, struct content_page *out, struct err *err)
{
	struct gathering g = {a, most, NULL};

	begin_page(&g, out);
	return index_catalog(reg->index, after, most + 1, gather, &g, err);
}

/* An index that is being made knows some of them only: the directory knows all. */
static enum result
gather_tags(struct registry *reg, const char *name, struct str after,
    struct gathering *g, struct err *err)
{
	struct content_page *page = g->page;
	enum result r = index_tags(
	    reg->index, str_of(name), after, g->most + 1, gather, g, err);

	if (r != RC_REBUILDING)
		return r;
	page->n = 0;
	page->more = false;
	return store_tag_each(
	    reg->store, name, str_dup(g->arena, after), gather_tag, g, err);
}

enum result
content_list_tags(struct registry *reg, struct arena *a, const char *name,
    struct str after, size_t most, struct content_page *out, struct err *err)
{
	struct gathering g = {a, most, NULL};
	bool there = true;
	enum result r;

	begin_page(&g, out);
	r = gather_tags(reg, name, after, &g, err);
	if (r == RC_OK && out->n == 0)
		r = store_repository_exists(reg->store, a, name, &there, err);
	if (r == RC_OK && !there)
		return err_set(err, RC_REPOSITORY_UNKNOWN, "no such repository");
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
 * tag <alg>-<hex>, distribution-spec, "Referrers tag schema") is not read: what it
 * lists beyond that, no manifest says. */
enum result
content_list_referrers(struct registry *reg, const char *name, struct str subject,
    struct str artifact_type, struct str after,
    bool (*visit)(void *arg, const struct manifest_descriptor *one), void *arg,
    struct err *err)
{
	struct showing s = {visit, arg};

	return index_referrers(reg->index, str_of(name), subject, artifact_type,
	    after, SIZE_MAX, show_row, &s, err);
}
