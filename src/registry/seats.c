/* seats.c: see seats.h. */
#include "registry/seats.h"

#include <malloc.h>

#include "store/lock.h"

static void
leave(void *arg)
{
	struct threads *threads = arg;

	atomic_fetch_sub(&threads->taken, 1);
}

enum result
seats_take_thread(const struct registry *reg, struct threads *threads,
    struct arena *a, struct err *err)
{
	unsigned before = atomic_fetch_add(&threads->taken, 1);

	if (reg->seats == 0 || before < reg->seats) {
		arena_defer(a, leave, threads);
		return RC_OK;
	}
	leave(threads);
	return err_set(err, RC_BUSY, "%u such requests run already", before);
}

/* Those that have a seat, or wait for one. */
static struct threads seated;

#define ALL ((size_t)LOCK_MEMORY_UNITS * LOCK_MEMORY_UNIT)

struct seat {
	struct store_lock lock;
	size_t memory; /* with that of earlier seats of the arena */
};

/* What the request used in small pieces is free by now, but malloc(3) keeps it. */
static void
give_back(void *arg)
{
	struct seat *seat = arg;

	(void)malloc_trim(0);
	store_unlock(&seat->lock);
}

enum result
seats_take(
    const struct registry *reg, struct arena *a, size_t memory, struct err *err)
{
	const struct seat *before = arena_deferred(a, give_back);
	size_t held = before == NULL ? 0 : before->memory;
	struct seat *seat;
	enum result r = RC_OK;

	if (memory > ALL)
		memory = ALL;
	if (memory <= SEAT_FREE || memory <= held || reg->seats == 0)
		return RC_OK;
	if (before == NULL)
		r = seats_take_thread(reg, &seated, a, err);
	if (r != RC_OK)
		return r;
	seat = arena_alloc(a, sizeof(*seat));
	r = store_lock_memory(
	    reg->store, memory - held, reg->patience, &seat->lock, err);
	if (r == RC_OK && !store_locked(&seat->lock))
		return err_set(err, RC_BUSY,
		    "no %zu bytes of memory for large requests", memory);
	seat->memory = memory;
	arena_defer(a, give_back, seat);
	return r;
}
