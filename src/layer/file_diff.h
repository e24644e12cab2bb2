/* file_diff.h: images/<id>/_diff, what a layer changes of those below it:
 *
 *	{"deleted": {}, "changed": {}, "created": {}}	name -> the seven members behind it
 *
 * Of the layer's entries: the deleted ones; else, by the nearest ancestor that has the
 * name: deleted there: created; there: changed; in none: created. Of two entries with one
 * name the later counts. */
#ifndef LAYER_FILE_DIFF_H
#define LAYER_FILE_DIFF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json_items.h"

/* Bytes of memory that the difference of a layer takes, whose list has so many bytes: an
 * entry takes some 40 bytes of the list, and FILE_DIFF_ENTRY of memory. */
#define FILE_DIFF_ENTRY 26
#define FILE_DIFF_MOST  ((size_t)28 << 20)
#define FILE_DIFF_MEMORY(list) \
	((list) / 40 * FILE_DIFF_ENTRY < FILE_DIFF_MOST \
		? (size_t)((list) / 40 * FILE_DIFF_ENTRY) \
		: FILE_DIFF_MOST)

struct file_diff;

/* Begins with the layer's own list. RC_BAD_DATA: it is not a list of files, or has
 * more entries than a layer may have (TAR_ENTRIES). */
enum result file_diff_new(struct arena *a, struct json_items *list,
    struct file_diff **out, struct err *err);

/* Is there an entry whose fate is not known yet? Then the list of the next ancestor is
 * needed. */
bool file_diff_is_open(const struct file_diff *d);

/* Reads the list of the next ancestor, the nearest first. RC_BAD_DATA: as above; then
 * nothing of the list counts. */
enum result file_diff_below(
    struct file_diff *d, struct json_items *list, struct err *err);

/* Writes the difference. For the names and the members after them the layer's own list
 * is read three more times: own(arg, a) starts it again. RC_FULL: the sink wants no
 * more. RC_BAD_DATA: it is another list now. */
enum result file_diff_write(const struct file_diff *d,
    struct json_items *(*own)(void *arg, struct arena *a), void *arg,
    struct sink sink, struct err *err);

#endif
