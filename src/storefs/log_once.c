/* log_once.c: see log_once.h. */
#include "storefs/log_once.h"

#include <stdatomic.h>
#include <string.h>

#include "base/fnv.h"
#include "base/shared.h"

#define PLACES ((size_t)4096)

struct once {
	_Atomic uint64_t seen[PLACES]; /* hash of an event and a path */
};

struct once *
once_new(void)
{
	return shared_alloc(sizeof(struct once));
}

void
once_free(struct once *once)
{
	shared_free(once, sizeof(*once));
}

bool
once_is_first(struct once *once, const char *event, const char *path)
{
	uint64_t h = fnv_add(FNV_START, event, strlen(event) + 1);

	h = fnv_add(h, path, strlen(path));
	return once == NULL || atomic_exchange(&once->seen[h % PLACES], h) != h;
}
