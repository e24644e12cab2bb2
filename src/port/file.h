/* file.h: files outside of the store, which the operator has named. Private to this room.
 *
 * A path may be any; symbolic links are followed. A name is below a directory that is open: parts
 * between slashes, and no symbolic link is followed on the way. What may be in such a directory is
 * untrusted, so the caller checks the name (input_is_name()), and only regular files are opened.
 *
 * Each call that can fail names itself and the file in err: RC_NOT_FOUND, RC_FULL, RC_IO. */
#ifndef PORT_FILE_H
#define PORT_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

struct file {
	int fd;
	bool directory;
	uint64_t size; /* bytes */
};

/* Opens a regular file or a directory for reading. The caller closes it. */
enum result file_open(const char *path, struct file *out, struct err *err);
enum result file_open_below(
    int dir, const char *name, struct file *out, struct err *err);

/* Is anything at the path? */
bool file_exists(const char *path);

/* As read(2) and pread(2), but an interrupted call is repeated. */
ssize_t file_read(int fd, void *p, size_t n);
ssize_t file_read_at(int fd, void *p, size_t n, uint64_t at);

void file_close(int fd);

/* ---- writing ---- */

/* Makes a file, or a directory, next to `path`, with a name of its own, and writes that name to
 * `out`, which has FILE_TMP_SIZE bytes more than the path. */
#define FILE_TMP_SIZE sizeof(".berth-XXXXXX")
enum result file_make_tmp(const char *path, char *out, int *fd, struct err *err);
enum result file_make_tmp_directory(
    const char *path, char *out, int *fd, struct err *err);

/* Makes the file below the directory, and the directories above it; one that is there is
 * replaced, as soon as file_end_below() is called. */
enum result file_begin_below(int dir, const char *name, int *fd, struct err *err);
enum result file_end_below(int dir, const char *name, int fd, struct err *err);

enum result file_link_below(
    int dir, const char *name, const char *target, struct err *err);

enum result file_write(int fd, struct str bytes, struct err *err);

/* Its bytes are durable when this returns. */
enum result file_sync(int fd, const char *name, struct err *err);

/* `from` gets the name `to`, which must be free. RC_IO: it is not. */
enum result file_move(const char *from, const char *to, struct err *err);

/* Removes a file, or a directory that file_begin_below() has filled, as far as possible. */
void file_remove(const char *path);

#endif
