/* damage.c: see damage.h. */
#include "storefs/damage.h"

#include "base/log.h"
#include "storefs/io.h"
#include "storefs/log_once.h"

#define EVENT "store.damaged"

enum result
damage_found(const struct store *st, struct arena *a, const char *path,
    const char *what, const char *cure, struct err *err)
{
	if (log_once_is_first(st->once, EVENT, path))
		log_line(LOG_WARN, EVENT, "file=%s reason=%s cure=%s",
		    log_value(a, path), log_value(a, what), log_value(a, cure));
	return err_set(err, RC_NOT_FOUND, "%s: %s", path, what);
}
