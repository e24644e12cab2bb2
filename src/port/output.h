/* output.h: the files that an export writes: into a directory, or into a tar archive. Private to
 * this room.
 *
 * They are written under another name, next to the path, and get their own when the output is
 * finished; an output that was not finished is removed with the arena. What a killed process
 * leaves begins with the path and ".berth-". An output that is added to an OCI layout writes each
 * file there, and its index.json last. */
#ifndef PORT_OUTPUT_H
#define PORT_OUTPUT_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "image/digest.h"
#include "registry/task.h"
#include "store/content.h"

struct output;

/* path "-": an archive to standard output. RC_IO: something is at the path. */
enum result output_open_archive(
    const struct task *t, const char *path, struct output **out);
enum result output_open_directory(
    const struct task *t, const char *path, struct output **out);

/* The directory that is at the path. */
enum result output_add_to(
    const struct task *t, const char *path, struct output **out);

/* While *stop is set, every write fails with RC_STOPPED. */
void output_set_stop(struct output *o, const volatile sig_atomic_t *stop);

/* Was the file written already? When adding to a directory: is it there? */
bool output_has(const struct output *o, const char *name);

/* A whole document of the directory to which the output is added. RC_NOT_FOUND, RC_TOO_LARGE. */
enum result output_read(
    const struct output *o, const char *name, size_t limit, struct str *out);

/* Names have at most 255 bytes. RC_FULL, RC_IO. */
enum result output_text(struct output *o, const char *name, struct str text);

/* The bytes of a content. d: their digest, which is verified; NULL: it is not. RC_IO: also if they
 * do not have it. */
enum result output_content(struct output *o, const char *name,
    const struct content *content, const struct digest *d);

/* A symbolic link; both texts have at most 100 bytes. */
enum result output_link(struct output *o, const char *name, const char *target);

/* Durable, and visible at its path, when it returns RC_OK. */
enum result output_finish(struct output *o);

#endif
