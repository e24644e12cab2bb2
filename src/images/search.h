/* search.h: repositories by name or description; with a mirror, those of the upstream after
 * the own ones. */
#ifndef IMAGES_SEARCH_H
#define IMAGES_SEARCH_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "registry/task.h"

struct search_row {
	struct str name, description;
	long long stars; /* this and the rest: of the upstream */
	bool official, automated, trusted;
};

struct search {
	struct str term; /* UTF-8; data, never syntax; empty finds all */
	bool wild;       /* a "*" in the term stands for any characters of a name */
	size_t skip;     /* rows left out at the front */
	size_t limit;    /* rows at most; SIZE_MAX: all */
	void (*begin)(void *arg, size_t total); /* once, before the rows */
	bool (*row)(void *arg, const struct search_row *row);
	void *arg; /* of both; a row that returns false ends the search */
};

/* Calls back in the order of index/index.h. RC_REBUILDING, RC_IO. */
enum result search_run(const struct task *t, const struct search *search);

/* A search of few repositories is over in milliseconds; of many it may read all names. */
#define SEARCH_FEW    10000
#define SEARCH_MEMORY ((size_t)1 << 20) /* bytes */

/* Reserves memory for a search of many repositories. Call it before search_run(), while the
 * answer can still be RC_BUSY. RC_REBUILDING. */
enum result search_enter(const struct task *t);

/* Can a search be answered now? Quick. RC_REBUILDING, RC_IO. */
enum result search_probe(const struct task *t);

#endif
