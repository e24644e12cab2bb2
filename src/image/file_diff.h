/* file_diff.h: images/<id>/_diff, what a layer changes of those below it:
 *
 *	{"deleted": {}, "changed": {}, "created": {}}	name -> the seven members behind it
 *
 * Of the layer's entries: the deleted ones; else, by the nearest ancestor that has the
 * name: deleted there: created; there: changed; in none: created. Of two entries with one
 * name the later counts. */
#ifndef IMAGE_FILE_DIFF_H
#define IMAGE_FILE_DIFF_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct file_diff;

/* Of the layer's own list, which is not kept. RC_BAD_DATA: it is no file list, or longer
 * than FILE_LIST_MAX. */
enum result file_diff_new(
    struct arena *a, struct str list, struct file_diff **out, struct err *err);

/* Is there an entry whose fate is open? Then the next ancestor's list is wanted. */
bool file_diff_is_open(const struct file_diff *d);

/* The list of the next ancestor, the nearest first. Not kept. RC_BAD_DATA: as above, and
 * nothing of it counts. */
enum result file_diff_below(struct file_diff *d, struct str list, struct err *err);

/* False: the sink wants no more. */
bool file_diff_write(const struct file_diff *d, struct sink sink);

#endif
