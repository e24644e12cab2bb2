/* recently.c: see recently.h. The low bits of a hash choose its place. The place holds its high
 * bits, and the time of the note in milliseconds modulo 2^32, in one word that threads read and
 * write without a lock. */
#include "registry/recently.h"

#include "base/clock.h"

static uint64_t
word(uint64_t what, uint32_t ticks)
{
	return (what & ~(uint64_t)UINT32_MAX) | ticks;
}

bool
recently_noted(const struct registry *reg, uint64_t what)
{
	uint64_t noted = atomic_load(
	    &reg->recently.places[what % REGISTRY_RECENT_PLACES]);
	uint32_t age = (uint32_t)clock_ticks() - (uint32_t)noted;

	return noted == word(what, (uint32_t)noted) && age < reg->recently_ms;
}

void
recently_note(struct registry *reg, uint64_t what)
{
	if (reg->recently_ms > 0)
		atomic_store(&reg->recently.places[what % REGISTRY_RECENT_PLACES],
		    word(what, (uint32_t)clock_ticks()));
}
