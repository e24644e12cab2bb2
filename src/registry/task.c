/* task.c: see task.h. */
#include "registry/task.h"

static struct task *
copy_task(const struct task *t, struct arena *a)
{
	struct task *c = arena_alloc(a, sizeof(*c));

	*c = *t;
	return c;
}

const struct task *
task_with_arena(const struct task *t, struct arena *scratch)
{
	struct task *c = copy_task(t, scratch);

	c->arena = scratch;
	return c;
}

const struct task *
task_with_caller(const struct task *t, const struct caller *caller)
{
	struct task *c = copy_task(t, t->arena);

	c->caller = caller;
	return c;
}

const struct task *
task_with_err(const struct task *t, struct err *err)
{
	struct task *c = copy_task(t, t->arena);

	c->err = err;
	return c;
}

const struct task *
task_quiet(const struct task *t)
{
	return task_with_err(t, arena_alloc(t->arena, sizeof(struct err)));
}

struct store_repository
task_repository(const struct task *t, const char *name)
{
	return (struct store_repository){t->reg->store, t->arena, name};
}
