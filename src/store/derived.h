/* derived.h: what is computed of a layer and kept for a while: the list of its files, and
 * what it changes of the layers below it.
 *
 *	_berth/derived/<id>_files, <id>_diff	computed here
 *	images/<id>/_files, _diff		computed by docker-registry 0.7 and later
 *
 * Both are derived: they may be removed at any time. Those of an old server are read if
 * berth has none of its own, and are never written or swept. */
#ifndef STORE_DERIVED_H
#define STORE_DERIVED_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "store/content.h"
#include "store/store.h"

enum store_derived { STORE_DERIVED_FILES, STORE_DERIVED_DIFF };

/* RC_NOT_FOUND: it was not computed yet. A file that is asked for is kept for longer. */
enum result store_derived_find(const struct store *st, struct arena *a,
    const char *id, enum store_derived which, const struct content **out,
    struct err *err);

/* Opens it for reading; closed with the arena. RC_NOT_FOUND. */
enum result store_derived_open(const struct store *st, struct arena *a,
    const char *id, enum store_derived which, struct store_reader **out,
    struct err *err);

/* make writes it to the sink, piece by piece; it gets its name when make returns RC_OK,
 * whole and durable, in place of one that has it. What the sink could not write is
 * RC_FULL or RC_IO, whatever make returned. */
enum result store_derived_put(struct store *st, struct arena *a, const char *id,
    enum store_derived which,
    enum result (*make)(void *arg, struct sink sink, struct err *err), void *arg,
    struct err *err);

/* Removes all of the image, because the layer that they were computed from is about to
 * be replaced. Durable with the next io_sync() of the image's directory. */
enum result store_derived_forget(
    const struct store *st, struct arena *a, const char *id, struct err *err);

/* Removes those computed here that no client has asked for in `age` seconds (a day
 * more or less). *removed counts them. */
enum result store_derived_sweep(
    struct store *st, int64_t age, unsigned *removed, struct err *err);

#endif
