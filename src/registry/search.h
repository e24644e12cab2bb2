/* search.h: repositories by name or description. */
#ifndef REGISTRY_SEARCH_H
#define REGISTRY_SEARCH_H

#include "base/err.h"
#include "base/str.h"
#include "registry/registry.h"

struct search {
	struct str term; /* UTF-8; data, never syntax; empty finds all */
	size_t skip;     /* rows left out at the front */
	size_t most;     /* rows at the most; SIZE_MAX: all */
	void (*begin)(void *arg, size_t total); /* once, before the rows */
	bool (*row)(void *arg, struct str name, struct str description);
	void *arg; /* of both; a row that returns false ends the search */
};

/* Calls back in the order of index.h. RC_REBUILDING, RC_IO. */
enum result search_run(
    struct registry *reg, const struct search *search, struct err *err);

#endif
