/* indexing.c: see indexing.h.
 *
 * A repository has one row in the index for each of its names: "library/foo", as the search of
 * API v1 shows it, and "foo" for the lists of API v2. For most repositories both are one. Tags
 * and counterparts are those of the name of API v2. */
#include "registry/indexing.h"

#include <assert.h>
#include <string.h>

#include "base/log.h"
#include "image/reference.h"
#include "registry/counterpart.h"
#include "registry/description.h"
#include "registry/layouts.h"
#include "store/mark.h"

/* ---- the row of one name ---- */

/* A repository whose description cannot be read is entered without it. The result is then the
 * error of the description, so the caller marks the repository to be read again. */
static enum result
enter_row(const struct task *t, const char *name, struct index_change *change)
{
	struct layouts_found found;
	enum result described, r = layouts_find(t, name, &found);

	if (r != RC_OK)
		return r;
	if (!found.v1 && !found.v2)
		return index_drop_repository(t->reg->index, found.row.name, t->err);
	described = description_text(t, &found, &found.row.description);
	change->repository = found.row;
	r = index_put(t->reg->index, change, t->err);
	return r == RC_OK ? described : r;
}

/* ---- what has changed ---- */

/* What the image of the tags has in the other API. */
static enum result
find_rows(const struct task *t, const struct pair *p,
    const struct indexing_change *given, struct counterpart_rows *out)
{
	if (given->n_tags > 0 && given->manifest != NULL)
		return counterpart_rows_of_manifest(t, p->v2, given->manifest, out);
	if (given->n_tags > 0 && given->image != NULL)
		return counterpart_rows_of_image(t, given->image, out);
	*out = (struct counterpart_rows){.image = ""};
	return RC_OK;
}

/* A tag that API v2 cannot show has no row. */
static void
take_tags(struct arena *a, const struct indexing_change *given,
    const struct counterpart_rows *rows, struct index_change *out)
{
	size_t i, n = given->n_tags + given->n_dropped_tags;
	struct index_tag *tags = arena_alloc(a, (n + 1) * sizeof(*tags));
	struct str *dropped = arena_alloc(a, (n + 1) * sizeof(*dropped));

	for (i = 0; i < given->n_tags; i++)
		if (rows->refused || !reference_is_tag(given->tags[i]))
			dropped[out->n_dropped_tags++] = given->tags[i];
		else
			tags[out->n_tags++] = (struct index_tag){
			    given->tags[i], str_of(rows->image)};
	for (i = 0; i < given->n_dropped_tags; i++)
		dropped[out->n_dropped_tags++] = given->dropped_tags[i];
	out->tags = tags;
	out->dropped_tags = dropped;
}

static enum result
make_change(const struct task *t, const struct pair *p,
    const struct indexing_change *given, struct index_change *out)
{
	struct counterpart_rows rows;
	enum result r = find_rows(t, p, given, &rows);

	*out = (struct index_change){.referrer = given->referrer};
	if (given->dropped_manifest != NULL) {
		out->dropped_referrer = str_of(
		    digest_text(t->arena, given->dropped_manifest));
		out->dropped_origin = out->dropped_referrer;
	}
	if (given->dropped_image != NULL)
		out->dropped_origin = str_of(given->dropped_image);
	take_tags(t->arena, given, &rows, out);
	out->counterparts = rows.rows;
	out->n_counterparts = rows.n;
	return r;
}

/* The rows are entered even if the counterparts could not be found. */
static enum result
enter_pair(
    const struct task *t, const struct pair *p, const struct indexing_change *given)
{
	struct index_change change = {.n_tags = 0}, nothing = {.n_tags = 0};
	enum result r = RC_OK, entered = RC_OK;

	if (p->v2 != NULL) {
		r = make_change(t, p, given, &change);
		entered = enter_row(t, p->v2, &change);
	}
	if (entered == RC_OK && p->v1 != NULL &&
	    (p->v2 == NULL || strcmp(p->v1, p->v2) != 0))
		entered = enter_row(t, p->v1, &nothing);
	return entered == RC_OK ? r : entered;
}

static void
report_missed(const struct task *t, bool all)
{
	if (t->reg->index_lost != NULL)
		t->reg->index_lost(t->reg->arg, all);
}

/* The name by which a pair is marked: reindex.h looks at the other one too. */
static const char *
name_of(const struct pair *p)
{
	return p->v1 != NULL ? p->v1 : p->v2;
}

void
indexing_update(const struct task *t, const struct guard *held,
    const struct pair *p, const struct indexing_change *change)
{
	const struct indexing_change nothing = {.n_tags = 0};
	const char *name = name_of(p);
	struct err err;
	enum result r;

	if (name == NULL) /* a name that neither API allows has no rows */
		return;
	assert(guard_covers(held, GUARD_REPOSITORY, name));
	r = enter_pair(
	    task_with_err(t, &err), p, change == NULL ? &nothing : change);
	if (r == RC_OK)
		return;
	log_line(LOG_ERROR, "index.write", "error=%s reason=%s repository=%s",
	    err_name(r), log_value(t->arena, err.text), log_value(t->arena, name));
	if (r == RC_REBUILDING && t->reg->index_lost != NULL)
		report_missed(t, true);
	else
		indexing_mark(t, name);
}

void
indexing_update_v1(const struct task *t, const struct v1name *name)
{
	const char *full = v1name_full(t->arena, name);
	struct guard held = {0};
	struct pair pair;
	struct err err;
	enum result r = guard_take(
	    t->reg->store, GUARD_REPOSITORY, full, &held, &err);

	if (r == RC_OK)
		r = pair_of_v1(task_with_err(t, &err), name, &pair);
	if (r == RC_OK)
		indexing_update(t, &held, &pair, NULL);
	else
		indexing_mark(t, full);
	guard_release(&held);
}

void
indexing_mark(const struct task *t, const char *name)
{
	struct err err;
	enum result r = store_mark_set(t->reg->store, name, &err);

	if (r != RC_OK)
		log_line(LOG_WARN, "index.mark", "error=%s reason=%s repository=%s",
		    err_name(r), log_value(t->arena, err.text),
		    log_value(t->arena, name));
	report_missed(t, r != RC_OK);
}
