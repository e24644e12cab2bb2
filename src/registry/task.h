/* task.h: on whose behalf, and with what, a verb works.
 *
 * A request is one task; so is each job of the program itself. Every verb takes its task
 * first, so that each one knows the caller, and the log can name the request. */
#ifndef REGISTRY_TASK_H
#define REGISTRY_TASK_H

#include "base/arena.h"
#include "base/err.h"
#include "registry/registry.h"
#include "store/repository.h"

struct caller;

struct task {
	struct registry *reg;
	const struct caller *caller; /* NULL: the program itself */
	const char *request_id;      /* NULL: not a request */
	struct arena *arena;         /* what the verb returns lives here */
	struct err *err;             /* the reason of a result that is not RC_OK */
};

/* The same task, except for one thing. The copy lives in its arena. */
const struct task *task_with_arena(const struct task *t, struct arena *scratch);
const struct task *task_with_caller(
    const struct task *t, const struct caller *caller);
const struct task *task_with_err(const struct task *t, struct err *err);

/* A repository of registry v2, for calls of the store. */
struct store_repository task_repository(const struct task *t, const char *name);

/* For a call whose failure is a normal answer: the reason goes nowhere. */
const struct task *task_quiet(const struct task *t);

#endif
