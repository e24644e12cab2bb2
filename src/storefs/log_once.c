/* log_once.c: see log_once.h. */
#include "storefs/log_once.h"

#include <stdatomic.h>
#include <string.h>

#include "base/fnv.h"
#include "base/shared.h"

#define PLACES ((size_t)4096)

struct log_once {
	_Atomic uint64_t seen[PLACES]; /* hash of an event and a path */
};

struct log_once *
log_once_new(void)
{
	return shared_alloc(sizeof(struct log_once));
}

void
log_once_free(struct log_once *once)
{
	shared_free(once, sizeof(*once));
}

bool
log_once_is_first(struct log_once *once, const char *event, const char *path)
{
	uint64_t h = fnv_add(FNV_START, event, strlen(event) + 1);

	h = fnv_add(h, path, strlen(path));
	return once == NULL || atomic_exchange(&once->seen[h % PLACES], h) != h;
}
