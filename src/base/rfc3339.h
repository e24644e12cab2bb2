/* rfc3339.h: times as RFC 3339 writes them: "2015-10-31T22:22:56.015925234Z",
 * "2013-03-23T22:24:18-07:00". */
#ifndef BASE_RFC3339_H
#define BASE_RFC3339_H

#include <stdbool.h>

#include "base/str.h"

/* The parts of a time; they point into its text. */
struct rfc3339 {
	struct str seconds;  /* "2015-10-31T22:22:56" */
	struct str fraction; /* "015925234"; may be empty */
	struct str zone;     /* "Z", "-07:00" */
};

/* False: it is not a time of RFC 3339, or is one that programs in Go refuse: with a small "t"
 * or "z", or with a leap second. */
bool rfc3339_parse(struct str text, struct rfc3339 *out);

#endif
