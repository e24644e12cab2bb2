/* input.h: the files that an import reads: those of a directory, or of a tar archive. Private to
 * this room.
 *
 * A name is the same in both: parts between slashes, below the directory or in the archive. All of
 * it is untrusted. An archive is refused as a whole if one of its names is absolute or leads out of
 * it ("..", or a link to such a place), if it holds something else than files, directories and
 * links, or more than INPUT_ENTRIES entries. In an archive links are followed, because docker save
 * writes a layer once and links to it; in a directory they are not. */
#ifndef PORT_INPUT_H
#define PORT_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/source.h"
#include "base/str.h"
#include "registry/task.h"

#define INPUT_ENTRIES   ((size_t)16384)
#define INPUT_NAME_MAX  ((size_t)255)
#define INPUT_NAMES_MAX ((size_t)2 << 20) /* bytes of all names of an archive */
#define INPUT_LINKS_MAX 8                 /* links that lead to links */

struct input;

/* path: a directory, or a tar archive, which may be compressed by gzip, bzip2 or xz; "-": an
 * archive from standard input. A compressed archive, and standard input, are first copied into a
 * file without a name on the disk of the store. It lives in the task's arena. RC_NOT_FOUND,
 * RC_BAD_DATA, RC_BAD_LAYER, RC_FULL, RC_IO. */
enum result input_open(const struct task *t, const char *path, struct input **out);

/* Is there a file of this name? */
bool input_has(const struct input *in, const char *name);

/* Its bytes, from the first on; *out lives in the arena. RC_NOT_FOUND, RC_BAD_DATA. */
enum result input_file(const struct input *in, struct arena *a, const char *name,
    struct source *out, struct err *err);

/* A whole document. Also RC_TOO_LARGE: it has more than `limit` bytes. */
enum result input_read(const struct task *t, const struct input *in,
    const char *name, size_t limit, struct str *out);

/* A copy of its bytes, on its way into the store. Also RC_FULL. */
struct stage;
enum result input_stage(const struct task *t, const struct input *in,
    const char *name, struct stage **out);

/* Can it be the name of a file? Of at most INPUT_NAME_MAX bytes, without control characters, no
 * part empty, "." or "..". */
bool input_is_name(struct str name);

#endif
