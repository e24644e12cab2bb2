/* worklimit.c: see worklimit.h. */
#include "registry/worklimit.h"

#include <malloc.h>

#include "store/guard.h"

static void
leave(void *arg)
{
	struct worklimit *threads = arg;

	atomic_fetch_sub(&threads->taken, 1);
}

enum result
worklimit_enter_thread(const struct task *t, struct worklimit *threads)
{
	unsigned before = atomic_fetch_add(&threads->taken, 1);

	if (t->reg->slow_requests_max == 0 || before < t->reg->slow_requests_max) {
		arena_defer(t->arena, leave, threads);
		return RC_OK;
	}
	leave(threads);
	return err_set(t->err, RC_BUSY,
	    "%u such requests run already, try again later", before);
}

struct seat {
	struct guard held;
	size_t memory;
};

/* The request has freed its small pieces of memory by now, but malloc(3) has kept
 * them. */
static void
give_back(void *arg)
{
	struct seat *seat = arg;

	(void)malloc_trim(0);
	guard_release(&seat->held);
}

/* A request that waits for memory must hold none, or others could wait for it: one
 * that needs more gives back what it has first. */
enum result
worklimit_enter(const struct task *t, size_t memory)
{
	struct seat *seat = arena_deferred(t->arena, give_back);
	enum result r = RC_OK;

	if (memory <= WORKLIMIT_FREE || t->reg->slow_requests_max == 0 ||
	    (seat != NULL && memory <= seat->memory))
		return RC_OK;
	if (seat == NULL) {
		r = worklimit_enter_thread(t, &t->reg->seats);
		if (r != RC_OK)
			return r;
		seat = arena_alloc(t->arena, sizeof(*seat));
		arena_defer(t->arena, give_back, seat);
	}
	guard_release(&seat->held);
	seat->memory = 0;
	r = guard_take_memory(
	    t->reg->store, memory, t->reg->patience_ms, &seat->held, t->err);
	if (r == RC_OK && !guard_is_held(&seat->held))
		return err_set(t->err, RC_BUSY,
		    "large requests use all memory that is for them: %zu bytes were wanted, "
		    "try again later",
		    memory);
	if (r == RC_OK)
		seat->memory = memory;
	return r;
}
