/* derived.h: what is computed from a layer of API v1 and kept for a while: the list of its
 * files, and what it changes of the layers below it. Either may be removed at any time.
 * Those of docker-registry 0.7 and later are read if berth has none of its own, and are
 * never written or swept. */
#ifndef STORE_DERIVED_H
#define STORE_DERIVED_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "store/content.h"
#include "store/guard.h"
#include "store/store.h"
#include "store/v1image.h"

enum store_derived { STORE_DERIVED_FILES, STORE_DERIVED_DIFF };

/* Waits for the guard under which it is computed: GUARD_DERIVED. */
enum result store_derived_guard(const struct store_v1image *im,
    enum store_derived which, struct guard *out, struct err *err);

/* RC_NOT_FOUND: it was not computed yet. Finding it counts as use, for the sweep. */
enum result store_derived_find(const struct store_v1image *im,
    enum store_derived which, const struct content **out, struct err *err);

/* Opens it for reading; closed with the arena. RC_NOT_FOUND. */
enum result store_derived_open(const struct store_v1image *im,
    enum store_derived which, struct store_reader **out, struct err *err);

/* `write` writes it to the sink, piece by piece; if `write` returns RC_OK, it is stored, whole
 * and durable, in place of an older one. If the sink could not take everything, the result is
 * RC_FULL or RC_IO, whatever `write` returned. held: store_derived_guard(). */
struct store_derived_maker {
	enum result (*write)(void *arg, struct sink sink, struct err *err);
	void *arg;
};
enum result store_derived_put(const struct store_v1image *im,
    const struct guard *held, enum store_derived which,
    const struct store_derived_maker *maker, struct err *err);

/* Removes all of the image, because the layer that they were computed from is about to be
 * replaced. held: GUARD_IMAGE. */
enum result store_derived_forget(
    const struct store_v1image *im, const struct guard *held, struct err *err);

/* Removes those that berth has computed and no client has asked for in `age` seconds (a day
 * more or less). *removed counts them. */
enum result store_derived_sweep(
    struct store *st, int64_t age, unsigned *removed, struct err *err);

#endif
