/* stage.h: the store's side of store/stage.h: where a stage goes. Private to this room.
 *
 * Paths are those of io.h. */
#ifndef STOREFS_STAGE_H
#define STOREFS_STAGE_H

#include <stdbool.h>

#include "store/content.h"
#include "store/stage.h"

/* Takes the first `size` bytes of a file in the store (an upload's, say) as a stage; bytes
 * after them are not read. RC_NOT_FOUND: there is no such file, or it is shorter. */
enum result stage_open(struct store *st, struct arena *a, const char *path,
    uint64_t size, struct stage **out, struct err *err);

/* Takes a content of the store as a stage. The file stays where it is and as it is: it gets
 * another name, or is copied. RC_NOT_FOUND. */
enum result stage_share(struct store *st, struct arena *a, const struct content *c,
    struct stage **out, struct err *err);

/* Has the file the same bytes? False also if it cannot be read. */
bool stage_is(struct stage *sg, const char *path);

/* Gives the stage the name dir/name. A file that has the name already is replaced: it may
 * be damaged, and comparing the two would take long while the caller holds a guard. An
 * opened stage keeps its own name too. Results as of io_name_fd(). */
enum result stage_name(
    struct stage *sg, const char *dir, const char *name, struct err *err);

/* Gives the stage the name dir/name in place of a file that has it, in one step. The file of
 * an opened stage is cut to the stage's size and moved: if it kept its own name, it could
 * be written to after it was named. */
enum result stage_replace(
    struct stage *sg, const char *dir, const char *name, struct err *err);

/* Writes the stage's bytes into the file from offset `at` on, over what is there, and syncs
 * them. RC_NOT_FOUND: there is no such file, or it is shorter than `at`. */
enum result stage_append(
    struct stage *sg, const char *path, uint64_t at, struct err *err);

#endif
