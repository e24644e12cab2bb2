/* io.h: the durable calls of the store. Seen by this room alone.
 *
 * Paths are relative to the store's directory. Every call that can fail names
 * itself and the path in err and answers RC_ABSENT (no such file or directory),
 * RC_FULL (no room), RC_BAD_NAME (a name too long for the file system) or RC_IO. */
#ifndef STORE_IO_H
#define STORE_IO_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/store.h"

#define IO_BODY_DIR   "_berth/body"
#define IO_TMP_DIR    "_berth/tmp"
#define IO_PUSH_DIR   "_berth/push"
#define IO_UPLOAD_DIR "_berth/upload"
#define IO_TYPE_DIR   "_berth/type"
#define IO_ABOUT_DIR  "_berth/about"
#define IO_MIRROR_DIR "_berth/mirror"
#define IO_LOCK       "_berth/lock"
#define IO_OWNER      "_berth/owner"

#define IO_PATH_MAX 1024

struct store {
	char *path;
	int root; /* descriptor of the directory */
	int own;  /* descriptor that holds the ownership, -1: not owned */
};

/* What errno means; writes "call path: reason". */
enum result io_failed(struct err *err, const char *call, const char *path);

/* A whole small file. RC_TOO_LARGE: above limit bytes, or no file (a directory, a
 * symbolic link, a pipe). */
enum result io_read(const struct store *st, struct arena *a, const char *path,
    size_t limit, struct str *out, struct err *err);

enum result io_stat(
    const struct store *st, const char *path, struct stat *sb, struct err *err);
bool io_exists(const struct store *st, const char *path);

/* dir/name holds content now: written elsewhere, synced, renamed. The name itself
 * is durable after io_sync(dir). */
enum result io_put(const struct store *st, const char *dir, const char *name,
    struct str content, struct err *err);

/* dir/name is the file `from`, whatever it was before; durable after io_sync(dir).
 */
enum result io_link(const struct store *st, const char *from, const char *dir,
    const char *name, struct err *err);

/* The open file gets the name dir/name; it is synced first, and counts as read just
 * now (v2_blob.h, "Pins"). One that has the name already stays (D2). RC_GONE: the
 * file's last name was removed meanwhile. */
enum result io_name_fd(const struct store *st, int fd, const char *dir,
    const char *name, struct err *err);

/* The same, but the name is taken from the one that has it, at once. */
enum result io_replace_fd(const struct store *st, int fd, const char *dir,
    const char *name, struct err *err);

/* The same of an open file that has the name `from`, which it loses. */
enum result io_move_fd(const struct store *st, int fd, const char *from,
    const char *dir, const char *name, struct err *err);

/* Directories of the path are there and durable. */
enum result io_mkdirs(const struct store *st, const char *path, struct err *err);

/* Names made, changed or removed in dir so far are durable. */
enum result io_sync(const struct store *st, const char *dir, struct err *err);

/* Gone; also when it was not there. */
enum result io_unlink(const struct store *st, const char *path, struct err *err);

/* Moves a directory into _berth/tmp, so that it is gone at once, syncs, and removes
 * it there with the files in it. RC_ABSENT. */
enum result io_remove_dir(
    const struct store *st, const char *parent, const char *name, struct err *err);

/* For readdir(3); the caller closes it. */
enum result io_open_dir(
    const struct store *st, const char *dir, DIR **out, struct err *err);

/* Removes a file, or a directory and all below it, as far as it can. */
bool io_remove_tree(int dir, const char *name);

#endif
