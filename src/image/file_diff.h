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
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json_items.h"

/* Bytes that a difference takes, of a list of so many bytes. */
#define FILE_DIFF_ENTRY \
	26 /* bytes of memory for each entry, and some 40 of its list */
#define FILE_DIFF_MOST ((size_t)28 << 20)
#define FILE_DIFF_MEMORY(list) \
	((list) / 40 * FILE_DIFF_ENTRY < FILE_DIFF_MOST \
		? (size_t)((list) / 40 * FILE_DIFF_ENTRY) \
		: FILE_DIFF_MOST)

struct file_diff;

/* Of the layer's own list. RC_BAD_DATA: it is no file list, or has more entries than a layer
 * may (TAR_ENTRIES). */
enum result file_diff_new(struct arena *a, struct json_items *list,
    struct file_diff **out, struct err *err);

/* Is there an entry whose fate is open? Then the next ancestor's list is wanted. */
bool file_diff_is_open(const struct file_diff *d);

/* The list of the next ancestor, the nearest first. RC_BAD_DATA: as above, and nothing of it
 * counts. */
enum result file_diff_below(
    struct file_diff *d, struct json_items *list, struct err *err);

/* The layer's own list is read three times more, for names and what stands behind them: own
 * begins it again. RC_FULL: the sink wants no more. RC_BAD_DATA: it is another list. */
enum result file_diff_write(const struct file_diff *d,
    struct json_items *(*own)(void *arg, struct arena *a), void *arg,
    struct sink sink, struct err *err);

#endif
