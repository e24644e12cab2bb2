/* report.c: see report.h. */
#include "bridge/report.h"

#include "base/arena.h"
#include "image/reference.h"
#include "registry/counterpart.h"
#include "registry/pair.h"
#include "registry/v1image.h"
#include "store/repository.h"
#include "store/tag.h"
#include "store/v1repo.h"
#include "store/v1tag.h"

struct report {
	const struct task *task;
	bool (*visit)(void *arg, const struct bridge_line *line);
	void *arg;
	struct arena *repository; /* cleared for each repository */
	struct arena *tag;        /* ... each tag */
	bool ended;               /* by visit() */
	enum result result;

	const char *name; /* the current repository */
	struct pair pair;
	const char *unnamed; /* why the other API cannot have it; NULL: it can */
};

static void
refuse(struct bridge_line *line, const char *reason)
{
	line->state = BRIDGE_REFUSED;
	line->reason = reason;
}

static bool
show(struct report *rep, const struct bridge_line *line)
{
	rep->ended = !rep->visit(rep->arg, line);
	return !rep->ended;
}

/* ---- tags of API v1 ---- */

/* Nothing was made for the image: could it be? */
static void
find_v1_chance(const struct task *t, const char *id, struct bridge_line *line)
{
	if (v1image_check(t, id) == RC_OK)
		line->state = BRIDGE_NOT_MADE;
	else
		refuse(line, t->err->text);
}

static void
find_v1_state(const struct task *t, const struct pair *p, const char *id,
    struct bridge_line *line)
{
	struct counterpart_image image;
	bool shared;
	enum result r;

	if (!reference_is_tag(str_of(line->tag))) {
		refuse(line, "API v2 does not allow such a tag");
		return;
	}
	r = pair_tag_is_shared(t, p, line->tag, &shared);
	if (r == RC_OK && !shared) {
		line->state = BRIDGE_COVERED;
		line->reason = "API v2 has a tag of this name, which counts";
		return;
	}
	if (r == RC_OK)
		r = counterpart_image(t, id, &image);
	if (r == RC_OK && image.refused.n == 0)
		line->state = BRIDGE_THERE;
	else if (r == RC_OK)
		refuse(line, str_dup(t->arena, image.refused));
	else if (r == RC_NOT_FOUND)
		find_v1_chance(t, id, line);
	else
		refuse(line, t->err->text);
}

static bool
visit_v1tag(void *arg, const char *tag, const char *id)
{
	struct report *rep = arg;
	struct bridge_line line = {.v1 = true, .repository = rep->name, .tag = tag};
	struct err err;

	arena_clear(rep->tag);
	if (rep->unnamed != NULL)
		refuse(&line, rep->unnamed);
	else
		find_v1_state(
		    task_with_err(task_with_arena(rep->task, rep->tag), &err),
		    &rep->pair, id, &line);
	return show(rep, &line);
}

static bool
visit_v1(void *arg, const char *name)
{
	struct report *rep = arg;
	const struct task *t;
	struct v1name parsed;
	struct err err;

	arena_clear(rep->repository);
	t = task_with_arena(rep->task, rep->repository);
	rep->name = name;
	rep->unnamed = NULL;
	v1name_split(t->arena, str_of(name), &parsed);
	rep->result = pair_of_v1(t, &parsed, &rep->pair);
	if (rep->pair.v2 == NULL &&
	    reference_check_repository(str_of(reference_key(name)), &err) != RC_OK)
		rep->unnamed = arena_strdup(t->arena, err.text);
	if (rep->result == RC_OK)
		rep->result = store_v1tag_each(
		    &rep->pair.v1repo, visit_v1tag, rep, rep->task->err);
	return rep->result == RC_OK && !rep->ended;
}

/* ---- tags of API v2 ---- */

static bool
visit_v2tag(void *arg, const char *tag, const struct digest *d)
{
	struct report *rep = arg;
	struct bridge_line line = {.repository = rep->name, .tag = tag};
	struct v1chain chain;
	struct digest image;
	struct err err;
	enum result r = RC_OK;

	arena_clear(rep->tag);
	if (rep->unnamed != NULL)
		refuse(&line, rep->unnamed);
	else
		r = counterpart_chain(
		    task_with_err(task_with_arena(rep->task, rep->tag), &err),
		    rep->name, d, &chain, &image);
	if (r == RC_NOT_FOUND)
		line.state = BRIDGE_NOT_MADE;
	else if (r != RC_OK)
		refuse(&line, err.text);
	return show(rep, &line);
}

static bool
visit_v2(void *arg, const char *name)
{
	struct report *rep = arg;
	const struct task *t;
	struct store_repository in;

	arena_clear(rep->repository);
	t = task_with_arena(rep->task, rep->repository);
	rep->name = name;
	rep->unnamed = NULL;
	rep->result = pair_of_v2(t, name, &rep->pair);
	if (rep->pair.v1 == NULL)
		rep->unnamed =
		    reference_key(name) != name
			? "API v1 has another repository of this name"
			: "API v1 does not allow the name of the repository";
	in = task_repository(t, name);
	if (rep->result == RC_OK)
		rep->result = store_tag_each(
		    &in, "", visit_v2tag, rep, rep->task->err);
	return rep->result == RC_OK && !rep->ended;
}

enum result
bridge_report(const struct task *t,
    bool (*visit)(void *arg, const struct bridge_line *line), void *arg)
{
	struct report rep = {.task = t,
	    .visit = visit,
	    .arg = arg,
	    .repository = arena_new(),
	    .tag = arena_new()};
	enum result r = store_v1repo_walk(t->reg->store, visit_v1, &rep, t->err);

	if (r == RC_OK && rep.result == RC_OK && !rep.ended)
		r = store_repository_walk(t->reg->store, visit_v2, &rep, t->err);
	arena_free(rep.tag);
	arena_free(rep.repository);
	return r == RC_OK ? rep.result : r;
}
