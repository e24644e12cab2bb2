/* list.c: see list.h. */
#include "content/list.h"

#include "base/vec.h"
#include "index/index.h"
#include "registry/pair.h"
#include "registry/referrer.h"
#include "store/repository.h"
#include "store/tag.h"
#include "store/v1tag.h"

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

static enum result
gather_indexed(
    const struct task *t, const char *name, struct str after, struct gathering *g)
{
	const struct index_page page = {after, g->limit + 1};
	const struct index_name_visitor visitor = {take_name, g};

	return index_tags(t->reg->index, str_of(name), &page, &visitor, t->err);
}

/* ---- tags of the store, while the index has only some of them ---- */

/* Tags after `after`, in two lists; the page begins with what comes first in either. */
struct store_tags {
	const struct task *task;
	const struct pair *pair;
	struct str after;
	size_t limit;
	struct str *names;
	size_t n, room;
	enum result result;
};

static void
add_tag(struct store_tags *tags, const char *tag)
{
	struct arena *a = tags->task->arena;

	tags->names = vec_grow(
	    a, tags->names, tags->n, &tags->room, sizeof(*tags->names));
	tags->names[tags->n++] = str_of(arena_strdup(a, tag));
}

static bool
add_v2_tag(void *arg, const char *tag, const struct digest *d)
{
	struct store_tags *tags = arg;

	(void)d;
	add_tag(tags, tag);
	return tags->n <= tags->limit;
}

/* They come in their order too; `limit` of them are enough for any page. */
static bool
add_v1_tag(void *arg, const char *tag, const char *id)
{
	struct store_tags *tags = arg;
	bool shared = false;

	(void)id;
	if (str_order(str_of(tag), tags->after) > 0)
		tags->result = pair_tag_is_shared(
		    tags->task, tags->pair, tag, &shared);
	if (shared)
		add_tag(tags, tag);
	return tags->result == RC_OK && tags->n <= tags->limit;
}

static enum result
read_store_tags(const struct task *t, const struct pair *p, struct store_tags *v2,
    struct store_tags *v1)
{
	const struct store_repository in = pair_v2(t, p);
	enum result r = store_tag_each(
	    &in, str_dup(t->arena, v2->after), add_v2_tag, v2, t->err);

	if (r == RC_OK && store_v1repo_exists(&p->v1repo))
		r = store_v1tag_each(&p->v1repo, add_v1_tag, v1, t->err);
	return r == RC_OK ? v1->result : r;
}

/* No name is in both: a tag of API v1 is shared only if API v2 has none of its name. */
static enum result
gather_stored(const struct task *t, const struct pair *p, struct str after,
    struct gathering *g)
{
	struct store_tags v2 = {
	    .task = t, .pair = p, .after = after, .limit = g->limit};
	struct store_tags v1 = v2;
	size_t i = 0, j = 0;
	bool first;
	enum result r = read_store_tags(t, p, &v2, &v1);

	g->page->n = 0;
	g->page->more = false;
	while (r == RC_OK && (i < v2.n || j < v1.n)) {
		first = j == v1.n ||
			(i < v2.n && str_order(v2.names[i], v1.names[j]) < 0);
		if (!take_name(g, first ? v2.names[i++] : v1.names[j++]))
			break;
	}
	return r;
}

static enum result
exists(const struct task *t, const struct pair *p, bool *out)
{
	const struct store_repository in = pair_v2(t, p);

	*out = store_v1repo_exists(&p->v1repo);
	return *out ? RC_OK : store_repository_exists(&in, out, t->err);
}

enum result
content_list_tags(const struct task *t, const char *name, struct str after,
    size_t limit, struct content_page *out)
{
	struct gathering g = {t->arena, limit, NULL};
	bool there = true;
	struct pair pair;
	enum result r, indexed;

	begin_page(&g, out);
	indexed = gather_indexed(t, name, after, &g);
	if ((indexed == RC_OK && out->n > 0) ||
	    (indexed != RC_OK && indexed != RC_REBUILDING))
		return indexed;
	r = pair_of_v2(t, name, &pair);
	if (r == RC_OK && indexed == RC_REBUILDING)
		r = gather_stored(t, &pair, after, &g);
	if (r == RC_OK && out->n == 0)
		r = exists(t, &pair, &there);
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
