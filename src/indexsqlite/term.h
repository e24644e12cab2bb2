/* term.h: what a client searches for, in the forms in which the search needs it. Private to
 * this room. */
#ifndef INDEXSQLITE_TERM_H
#define INDEXSQLITE_TERM_H

#include "base/arena.h"
#include "base/str.h"

struct term {
	struct str text;    /* ASCII letters in lower case */
	struct str library; /* the same with "library/" before it */
	/* as an expression of FTS5; empty: too short or too long */
	struct str match;
};

/* Of any UTF-8 text without NUL; lives in a. */
void term_make(struct arena *a, struct str text, struct term *out);

/* The same for a wild term: `match` becomes a pattern of sqlite's GLOB for names that
 * match it somewhere. */
void term_make_wild(struct arena *a, struct str text, struct term *out);

/* The first string, in byte order, after all that begin with s, which is UTF-8 and not empty. */
struct str term_prefix_end(struct arena *a, struct str s);

#endif
