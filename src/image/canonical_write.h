/* canonical_write.h: JSON as the canonical rule wants it: no blanks, and only those characters
 * escaped that must be. Private to canonical.c and canonical_*.c. */
#ifndef IMAGE_CANONICAL_WRITE_H
#define IMAGE_CANONICAL_WRITE_H

#include "base/buf.h"
#include "base/str.h"

/* The comma before an element or a member, unless it is the first. */
void canonical_write_comma(struct buf *b);

/* A string; the text must be UTF-8. */
void canonical_write_string(struct buf *b, struct str text);

/* The name of a member, with the comma before it and the colon after it. */
void canonical_write_name(struct buf *b, const char *name);

/* A member whose value is a string. */
void canonical_write_member(struct buf *b, const char *name, struct str text);

#endif
