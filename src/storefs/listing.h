/* listing.h: the names in a directory, in byte order, a page at a time. Private to this room.
 *
 * Memory is bounded whatever the directory holds: each page is one pass over it
 * that keeps the smallest names after the end of the last page. */
#ifndef STOREFS_LISTING_H
#define STOREFS_LISTING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"

#define LISTING_PAGE ((size_t)2048)

struct listing {
	const char **names;
	size_t n;
	bool last; /* nothing comes after this page */
};

/* Where a listing begins. A directory that is not there is an empty one. */
struct listing_from {
	const char *dir;
	/* the name before the first; NULL: begins with the first */
	const char *after;
};

enum result listing_page(const struct store *st, struct arena *a,
    struct listing_from from, struct listing *out, struct err *err);

/* Every name, in no order; visit returning false ends it. */
enum result listing_each(const struct store *st, const char *dir,
    bool (*visit)(void *arg, const char *name), void *arg, struct err *err);

/* The same in byte order, a page at a time. */
enum result listing_in_order(const struct store *st, struct listing_from from,
    bool (*visit)(void *arg, const char *name), void *arg, struct err *err);

/* For sweeping: every name in byte order, a page at a time. A name for which sweep_one fails
 * does not keep the others; the first failure is returned. RC_NOT_FOUND is not a failure: what
 * was to be removed is gone. */
enum result listing_sweep(const struct store *st, const char *dir,
    enum result (*sweep_one)(void *arg, const char *name, struct err *err),
    void *arg, struct err *err);

/* Is any name in it? Costs the same however many there are. */
enum result listing_any(
    const struct store *st, const char *dir, bool *any, struct err *err);

#endif
