/* lists.c: see lists.h. */
#include "registry/lists.h"

#include <stdlib.h>
#include <string.h>

#include "index/index.h"
#include "registry/referrer.h"
#include "store/v2_manifest.h"
#include "store/v2_repo.h"
#include "store/v2_tag.h"

/* ---- names ---- */

struct gathering {
	struct arena *arena;
	size_t most;
	struct lists_page *page;
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
begin_page(struct gathering *g, struct lists_page *out)
{
	*out = (struct lists_page){
	    .names = arena_alloc(g->arena, (g->most + 1) * sizeof(*out->names))};
	g->page = out;
}

enum result
lists_catalog(struct registry *reg, struct arena *a, struct str after, size_t most,
    struct lists_page *out, struct err *err)
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
	struct lists_page *page = g->page;
	enum result r = index_tags(
	    reg->index, str_of(name), after, g->most + 1, gather, g, err);

	if (r != RC_REBUILDING)
		return r;
	page->n = 0;
	page->more = false;
	return v2_tag_each(
	    reg->store, name, str_dup(g->arena, after), gather_tag, g, err);
}

enum result
lists_tags(struct registry *reg, struct arena *a, const char *name,
    struct str after, size_t most, struct lists_page *out, struct err *err)
{
	struct gathering g = {a, most, NULL};
	bool there = true;
	enum result r;

	begin_page(&g, out);
	r = gather_tags(reg, name, after, &g, err);
	if (r == RC_OK && out->n == 0)
		r = v2_repo_there(reg->store, a, name, &there, err);
	if (r == RC_OK && !there)
		return err_set(err, RC_REPOSITORY_UNKNOWN, "no such repository");
	return r;
}

/* ---- referrers ---- */

/* Two sorted lists become one: rows of the index, and what clients wrote into an index
 * of their own while no registry listed referrers. */
struct merge {
	struct registry *reg;
	struct arena *arena, *scratch;
	const char *name;
	struct str artifact_type, after;

	struct manifest_descriptor *kept; /* by clients */
	size_t n, size, next;

	bool (*visit)(void *arg, const struct manifest_descriptor *one);
	void *arg;
	bool stopped;
};

/* In the scratch arena, which is cleared an entry. */
static bool
is_wanted(const struct merge *m, const struct manifest_descriptor *one)
{
	struct digest found;
	struct err ignored;

	arena_clear(m->scratch);
	if (m->artifact_type.n > 0 && !str_eq(m->artifact_type, one->artifact_type))
		return false;
	return strcmp(digest_text(m->scratch, &one->digest),
		   str_dup(m->scratch, m->after)) > 0 &&
	       v2_manifest_find(m->reg->store, m->scratch, m->name, &one->digest,
		   &found, &ignored) == RC_OK;
}

/* One that was deleted since is passed over. */
static bool
keep(void *arg, const struct manifest_descriptor *one)
{
	struct merge *m = arg;
	struct manifest_descriptor *more;

	if (!is_wanted(m, one))
		return true;
	if (m->n == m->size) {
		m->size = 2 * m->size + 16;
		more = arena_alloc(m->arena, m->size * sizeof(*more));
		if (m->n > 0)
			memcpy(more, m->kept, m->n * sizeof(*more));
		m->kept = more;
	}
	m->kept[m->n++] = *one;
	return true;
}

static int
by_digest(const void *a, const void *b)
{
	const struct manifest_descriptor *one = a, *other = b;

	if (one->digest.kind != other->digest.kind)
		return one->digest.kind < other->digest.kind ? -1 : 1;
	return strcmp(one->digest.hex, other->digest.hex);
}

/* Distribution-spec, "Referrers tag schema": <alg>-<the first 64 digits>. */
static void
read_kept(struct merge *m, const struct digest *subject)
{
	const char *tag = arena_printf(
	    m->arena, "%s-%.64s", digest_algorithm(subject), subject->hex);
	struct v2_manifest stored;
	struct digest d;
	struct err ignored;

	if (v2_tag_get(m->reg->store, m->arena, m->name, tag, &d, &ignored) !=
		RC_OK ||
	    v2_manifest_read(
		m->reg->store, m->arena, m->name, &d, &stored, &ignored) != RC_OK)
		return;
	m->scratch = arena_new();
	manifest_each_entry(m->arena, stored.bytes, keep, m);
	arena_free(m->scratch);
	if (m->n > 0)
		qsort(m->kept, m->n, sizeof(m->kept[0]), by_digest);
}

/* Shows what clients kept, up to this one of the index and without it; NULL: all. */
static void
show_kept(struct merge *m, const struct manifest_descriptor *end)
{
	while (!m->stopped && m->next < m->n) {
		const struct manifest_descriptor *one = &m->kept[m->next];
		int order = end == NULL ? -1 : by_digest(one, end);

		if (order > 0)
			return;
		m->next++;
		if (order < 0 &&
		    (m->next == m->n || by_digest(one, &m->kept[m->next]) != 0))
			m->stopped = !m->visit(m->arg, one);
	}
}

static bool
show_row(void *arg, const struct index_referrer *row)
{
	struct merge *m = arg;
	struct manifest_descriptor one;

	if (!referrer_show(row, &one))
		return true;
	show_kept(m, &one);
	if (!m->stopped)
		m->stopped = !m->visit(m->arg, &one);
	return !m->stopped;
}

enum result
lists_referrers(struct registry *reg, struct arena *a, const char *name,
    const struct digest *d, struct str artifact_type, struct str after,
    bool (*visit)(void *arg, const struct manifest_descriptor *one), void *arg,
    struct err *err)
{
	struct merge m = {.reg = reg,
	    .arena = a,
	    .name = name,
	    .artifact_type = artifact_type,
	    .after = after,
	    .visit = visit,
	    .arg = arg};
	enum result r;

	read_kept(&m, d);
	r = index_referrers(reg->index, str_of(name), str_of(digest_text(a, d)),
	    artifact_type, after, SIZE_MAX, show_row, &m, err);
	if (r == RC_OK)
		show_kept(&m, NULL);
	return r;
}
