/* odd.c: see odd.h. */
#include "store/odd.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/log.h"
#include "image/hash.h"

#define TOLD 256

/* Clients can ask for one path again and again, and each time would be a line. Of two
 * paths that share a place here, each is told again after the other. */
static bool
is_told(const char *path)
{
	static _Atomic uint64_t told[TOLD];
	char hex[SHA256_HEX_SIZE];
	uint64_t n;

	hash_of(HASH_SHA256, str_of(path), hex);
	hex[16] = '\0';
	n = strtoull(hex, NULL, 16);
	return atomic_exchange(&told[n % TOLD], n) == n;
}

void
odd_link(const struct store *st, const struct beneath_way *way)
{
	const int e = errno;
	struct arena *a = arena_new();

	if (way->link[0] != '\0' && !is_told(way->link))
		log_line(LOG_WARN, "store.link", "path=%s target=%s error=\"%s\"",
		    log_value(
			a, arena_printf(a, "%s/%s", store_path(st), way->link)),
		    log_value(a, way->target),
		    e == ELOOP
			? "this symbolic link leads back to itself and is not "
			  "followed: remove it"
			: "this symbolic link leads out of the store and is not "
			  "followed: move its target into the store, or mount that in "
			  "place of the link (mount --bind)");
	arena_free(a);
	errno = e;
}

static const char *
kind_of(mode_t mode)
{
	if (S_ISDIR(mode))
		return "directory";
	if (S_ISFIFO(mode))
		return "FIFO";
	return S_ISSOCK(mode) ? "socket" : "device";
}

enum result
odd_file(const struct store *st, const char *path, mode_t mode, struct err *err)
{
	struct arena *a;

	if (!is_told(path)) {
		a = arena_new();
		log_line(LOG_WARN, "store.file",
		    "path=%s error=\"a %s where a file should be is not read: remove "
		    "it\"",
		    log_value(a, arena_printf(a, "%s/%s", store_path(st), path)),
		    kind_of(mode));
		arena_free(a);
	}
	errno = ENXIO;
	return err_set(
	    err, RC_ABSENT, "%s: a %s where a file should be", path, kind_of(mode));
}
