/* file_diff.h: images/<id>/_diff, the files that a layer deletes, changes or adds, compared
 * with the layers below it:
 *
 *	{"deleted": {}, "changed": {}, "created": {}}
 *
 * Each object maps a name to the other seven members of its entry (file_list.h). An entry
 * that the layer deletes is "deleted". For any other entry the nearest ancestor that lists
 * its name decides: "created" if that ancestor deletes the name, else "changed". A name that
 * no ancestor lists is "created". If a list has a name twice, the last entry counts. */
#ifndef LAYER_FILE_DIFF_H
#define LAYER_FILE_DIFF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json_items.h"

/* Bytes of memory that a difference takes if the layer's list has so many bytes: an entry
 * takes about 40 bytes of the list, and FILE_DIFF_ENTRY bytes of memory. */
#define FILE_DIFF_ENTRY      26
#define FILE_DIFF_MEMORY_MAX ((size_t)28 << 20)
#define FILE_DIFF_MEMORY(list) \
	((list) / 40 * FILE_DIFF_ENTRY < FILE_DIFF_MEMORY_MAX \
		? (size_t)((list) / 40 * FILE_DIFF_ENTRY) \
		: FILE_DIFF_MEMORY_MAX)

struct file_diff;

/* Reads the layer's own list. *out lives in the arena. RC_BAD_DATA: it is not a list of
 * files, or it has more entries than a layer may have (TAR_ENTRIES). */
enum result file_diff_new(struct arena *a, struct json_items *list,
    struct file_diff **out, struct err *err);

/* Is there an entry that no ancestor has decided yet? Then the list of the next ancestor
 * is needed. */
bool file_diff_is_open(const struct file_diff *d);

/* Reads the list of the next ancestor; the nearest comes first. RC_BAD_DATA: as above;
 * then the whole list is ignored. */
enum result file_diff_below(
    struct file_diff *d, struct json_items *list, struct err *err);

/* Writes the difference. The names are not kept in memory, so the layer's own list is read
 * three more times: reopen(arg, a) returns it at its beginning, in the arena. RC_FULL: the
 * sink refused a write. RC_BAD_DATA: the list has changed since file_diff_new(). */
enum result file_diff_write(const struct file_diff *d,
    struct json_items *(*reopen)(void *arg, struct arena *a), void *arg,
    struct sink sink, struct err *err);

#endif
