/* v1_derived.h: images/<id>/_files and _diff: what is computed of a layer once and kept,
 * as docker-registry 0.7 and later keep it. Derived: a damaged one may be removed. */
#ifndef STORE_V1_DERIVED_H
#define STORE_V1_DERIVED_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "store/store.h"

enum v1_derived { V1_FILES, V1_DIFF };

/* RC_ABSENT: it was not computed yet. */
enum result v1_derived_file(const struct store *st, struct arena *a, const char *id,
    enum v1_derived which, struct store_file *out, struct err *err);

/* Its bytes, not copied (mapped; gone with the arena). RC_ABSENT. */
enum result v1_derived_read(const struct store *st, struct arena *a, const char *id,
    enum v1_derived which, struct str *out, struct err *err);

/* make writes it to the sink, piece by piece; it gets its name when make returns RC_OK,
 * whole and durable, in place of one that has it. What the sink could not write is
 * RC_FULL or RC_IO, whatever make returned. */
enum result v1_derived_put(struct store *st, struct arena *a, const char *id,
    enum v1_derived which,
    enum result (*make)(void *arg, struct sink sink, struct err *err), void *arg,
    struct err *err);

/* Removes both: the layer that they were computed of is about to be replaced. Durable with
 * the next io_sync() of the image's directory. */
enum result v1_derived_forget(
    const struct store *st, struct arena *a, const char *id, struct err *err);

#endif
