/* unusable.c: see unusable.h. */
#include "storefs/unusable.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/log.h"
#include "storefs/io.h"
#include "storefs/log_once.h"
#include "storefs/storefs.h"

#define LINK_EVENT "store.link"
#define FILE_EVENT "store.file"

void
unusable_link(const struct store *st, const struct beneath_way *way)
{
	const int e = errno;
	struct arena *a = arena_new();

	if (way->link[0] != '\0' &&
	    log_once_is_first(st->once, LINK_EVENT, way->link))
		log_line(LOG_WARN, LINK_EVENT, "path=%s target=%s error=\"%s\"",
		    log_value(a, arena_printf(a, "%s/%s", st->path, way->link)),
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
unusable_file(
    const struct store *st, const char *path, mode_t mode, struct err *err)
{
	struct arena *a;

	if (log_once_is_first(st->once, FILE_EVENT, path)) {
		a = arena_new();
		log_line(LOG_WARN, FILE_EVENT,
		    "path=%s error=\"a %s where a file should be is not read: remove "
		    "it\"",
		    log_value(a, arena_printf(a, "%s/%s", st->path, path)),
		    kind_of(mode));
		arena_free(a);
	}
	errno = ENXIO;
	return err_set(err, RC_NOT_FOUND, "%s: a %s where a file should be", path,
	    kind_of(mode));
}
