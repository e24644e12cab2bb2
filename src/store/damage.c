/* damage.c: see damage.h. */
#include "store/damage.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

#include "base/log.h"
#include "store/io.h"

/* Two files that share a place take turns and may be logged again: memory is bounded. */
#define PLACES ((size_t)4096)

struct damage_log {
	_Atomic uint64_t seen[PLACES]; /* hash of a path */
};

void
damage_open(struct store *st)
{
	void *p = mmap(NULL, sizeof(struct damage_log), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	st->damage = p == MAP_FAILED ? NULL : p;
}

void
damage_close(struct store *st)
{
	if (st->damage != NULL)
		(void)munmap(st->damage, sizeof(struct damage_log));
}

/* FNV-1a */
static uint64_t
hash_path(const char *path)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *path != '\0'; path++)
		h = (h ^ (unsigned char)*path) * 0x100000001b3u;
	return h;
}

static bool
is_news(const struct store *st, const char *path)
{
	uint64_t h = hash_path(path);

	return st->damage == NULL ||
	       atomic_exchange(&st->damage->seen[h % PLACES], h) != h;
}

enum result
damage_found(const struct store *st, struct arena *a, const char *path,
    const char *what, const char *cure, struct err *err)
{
	if (is_news(st, path))
		log_line(LOG_WARN, "store.damaged", "file=%s reason=%s cure=%s",
		    log_value(a, path), log_value(a, what), log_value(a, cure));
	return err_set(err, RC_ABSENT, "%s: %s", path, what);
}
