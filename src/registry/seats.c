/* seats.c: see seats.h. */
#include "registry/seats.h"

static void
leave(void *arg)
{
	struct seats *seats = arg;

	atomic_fetch_sub(&seats->taken, 1);
}

enum result
seats_take(const struct registry *reg, struct seats *seats, struct arena *a,
    struct err *err)
{
	unsigned before = atomic_fetch_add(&seats->taken, 1);

	if (reg->seats == 0 || before < reg->seats) {
		arena_defer(a, leave, seats);
		return RC_OK;
	}
	leave(seats);
	return err_set(err, RC_BUSY, "%u such requests run already", before);
}
