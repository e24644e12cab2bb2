/* upstream.h: _berth/mirror/, what was fetched from the source and is no part of the
 * registry's own images yet.
 *
 *	image/<id>/json|ancestry|facts	an image whose layer is not here; facts: the layer's
 *					size and sum, as the source tells them
 *	image/<id>/layer, length	its layer, growing while it is fetched, and what
 *					bytes it will have
 *	repo/<name>/tags|images		what the source last answered; its age counts
 *	(the name in percent-encoding, as one part)
 *
 * A layer that came whole and right becomes an image like one that was pushed
 * (v1push.h); image/<id> is removed then. What a killed process left of a layer is
 * fetched anew: only who holds GUARD_MIRROR of the id writes there. */
#ifndef STORE_UPSTREAM_H
#define STORE_UPSTREAM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/stage.h"
#include "store/store.h"

/* Small files: `of` is "image" or "repo", `key` the id or the name. RC_NOT_FOUND. *age:
 * seconds since it was written; NULL is fine. */
enum result store_upstream_answer(const struct store *st, struct arena *a,
    const char *of, const char *key, const char *file, struct str *out,
    int64_t *age, struct err *err);
enum result store_upstream_set_answer(struct store *st, struct arena *a,
    const char *of, const char *key, const char *file, struct str text,
    struct err *err);

/* image/<id> is gone. RC_OK also when it was not there. */
enum result store_upstream_drop(struct store *st, const char *id, struct err *err);

/* ---- a layer that grows ---- */

/* Begins it anew, empty. Its descriptor is the caller's, who closes it. */
enum result store_upstream_create(
    struct store *st, struct arena *a, const char *id, int *fd, struct err *err);

/* Appends all n bytes. RC_FULL, RC_IO. */
enum result store_upstream_append(int fd, const char *p, size_t n, struct err *err);

/* For one who reads while it grows. RC_NOT_FOUND. */
enum result store_upstream_open(const struct store *st, struct arena *a,
    const char *id, int *fd, struct err *err);

/* As a stage: its first `size` bytes. RC_NOT_FOUND. */
enum result store_upstream_stage(struct store *st, struct arena *a, const char *id,
    uint64_t size, struct stage **out, struct err *err);

/* Removes what nobody fetches: layers that came half, and all that was not written in
 * `age` seconds; *n of them. */
enum result store_upstream_sweep(
    struct store *st, unsigned age, unsigned *n, struct err *err);

#endif
