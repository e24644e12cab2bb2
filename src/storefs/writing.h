/* writing.h: a new file that code of the rooms above writes through a sink, whole or not at all.
 * Private to this room. */
#ifndef STOREFS_WRITING_H
#define STOREFS_WRITING_H

#include "base/buf.h"
#include "store/store.h"

struct writing;

/* Begins a file without a name. `path` is for errors alone. The file is closed with the
 * arena. */
enum result writing_begin(const struct store *st, struct arena *a, const char *path,
    struct writing **out, struct err *err);

/* It takes no more once a write has failed. */
struct sink writing_sink(struct writing *w);

/* The writer is done with this result, and `why`. If that is RC_OK and the sink could take
 * everything, the file gets the name dir/name, in one step: whole and synced; the name is durable
 * after io_sync(dir). Otherwise the result of the sink's failure, or else the writer's own. */
struct writing_place {
	const char *dir, *name;
};
enum result writing_end(struct writing *w, enum result made, const struct err *why,
    struct writing_place to, struct err *err);

#endif
