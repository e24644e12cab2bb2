/* worklimit.c: see worklimit.h. */
#include "registry/worklimit.h"

#include <malloc.h>

#include "store/guard.h"

static void
count_down(void *arg)
{
	struct worklimit *threads = arg;

	atomic_fetch_sub(&threads->taken, 1);
}

enum result
worklimit_enter_thread(const struct task *t, struct worklimit *threads)
{
	unsigned before = atomic_fetch_add(&threads->taken, 1);

	if (t->reg->slow_requests_max == 0 || before < t->reg->slow_requests_max) {
		arena_defer(t->arena, count_down, threads);
		return RC_OK;
	}
	count_down(threads);
	return err_set(t->err, RC_BUSY,
	    "%u such requests run already, try again later", before);
}

struct reservation {
	struct guard held;
	size_t memory;
};

/* The request has freed its small pieces of memory by now, but malloc(3) has kept
 * them: they are returned to the system, so that another request can have the memory. */
static void
give_back(void *arg)
{
	struct reservation *reservation = arg;

	(void)malloc_trim(0);
	guard_release(&reservation->held);
}

/* A request that waits for memory must hold none, or others could wait for it: one
 * that needs more gives back what it has first. */
enum result
worklimit_enter(const struct task *t, size_t memory)
{
	struct reservation *reservation = arena_deferred(t->arena, give_back);
	enum result r = RC_OK;

	if (memory <= WORKLIMIT_FREE || t->reg->slow_requests_max == 0 ||
	    (reservation != NULL && memory <= reservation->memory))
		return RC_OK;
	if (reservation == NULL) {
		r = worklimit_enter_thread(t, &t->reg->reserving);
		if (r != RC_OK)
			return r;
		reservation = arena_alloc(t->arena, sizeof(*reservation));
		arena_defer(t->arena, give_back, reservation);
	}
	guard_release(&reservation->held);
	reservation->memory = 0;
	r = guard_take_memory(
	    t->reg->store, memory, t->reg->patience_ms, &reservation->held, t->err);
	if (r == RC_OK && !guard_is_held(&reservation->held))
		return err_set(t->err, RC_BUSY,
		    "the memory for large requests is in use: %zu bytes are needed, try "
		    "again later",
		    memory);
	if (r == RC_OK)
		reservation->memory = memory;
	return r;
}
