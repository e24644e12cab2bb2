/* upstream.h: what the upstream registry answered, kept by a mirror: documents of images whose
 * layer is not here, and the last lists of a repository. None of it is part of this
 * registry's own images. A layer on its way from there is in partial.h. */
#ifndef STORE_UPSTREAM_H
#define STORE_UPSTREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/guard.h"
#include "store/store.h"

/* What is kept of one image or one repository. What its calls return lives in the arena. */
struct store_upstream {
	struct store *st;
	struct arena *arena;
	const char *dir;
};

struct store_upstream store_upstream_image(
    struct store *st, struct arena *a, const char *id);
struct store_upstream store_upstream_repository(
    struct store *st, struct arena *a, const char *name);

/* `what` names an answer, a word such as "json" or "tags". RC_NOT_FOUND. *age: seconds
 * since it was stored; NULL is fine. */
enum result store_upstream_answer(const struct store_upstream *up, const char *what,
    struct str *out, int64_t *age, struct err *err);
enum result store_upstream_set_answer(const struct store_upstream *up,
    const char *what, struct str text, struct err *err);

/* Removes what is kept of an image, its partial layer too. RC_OK also if there is nothing.
 * held: GUARD_MIRROR. */
enum result store_upstream_drop(
    struct store *st, const struct guard *held, const char *id, struct err *err);

/* Removes what is not in use: partial layers that nobody fetches, and all that was not
 * written in `age` seconds; *n of them. */
enum result store_upstream_sweep(
    struct store *st, unsigned age, unsigned *n, struct err *err);

#endif
