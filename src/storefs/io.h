/* io.h: the calls by which the store touches files. Private to this room.
 *
 * io.c finds, opens and reads. io_change.c has everything that writes, syncs, names or removes:
 * each of these steps has a failpoint (failpoint.h), so a step that is not made there cannot be
 * tested. beneath.c, below both, resolves paths.
 *
 * Paths are relative to the store's directory, and none leads out of it. A symbolic link
 * is followed if it leads to a place in the store (beneath.h); one that leads out, or in a
 * circle, counts as missing, and the log says so. Calls that remove, rename or replace a
 * name act on the link itself. Only regular files are content: a FIFO, a device, a socket
 * or a directory in place of one counts as missing, no call waits for it, and the log says
 * so too.
 *
 * Every call that can fail names itself and the path in err and returns RC_NOT_FOUND (no
 * such file or directory), RC_FULL (no room), RC_BAD_NAME (a name too long for the file
 * system) or RC_IO.
 *
 * New files have mode 0640 and new directories 0750, or less if the umask says so. */
#ifndef STOREFS_IO_H
#define STOREFS_IO_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/store.h"
#include "storefs/beneath.h"
#include "storefs/durable.h"

#define IO_BODY_DIR    "_berth/body"
#define IO_TMP_DIR     "_berth/tmp"
#define IO_PUSH_DIR    "_berth/push"
#define IO_UPLOAD_DIR  "_berth/upload"
#define IO_TYPE_DIR    "_berth/type"
#define IO_ABOUT_DIR   "_berth/about"
#define IO_MIRROR_DIR  "_berth/mirror"
#define IO_DERIVED_DIR "_berth/derived"
#define IO_REMOVED_DIR "_berth/removed"
#define IO_MARK_DIR    "_berth/mark"
#define IO_BRIDGE_DIR  "_berth/bridge"
#define IO_LOCK        "_berth/lock"
#define IO_OWNER       "_berth/owner"

#define IO_PATH_MAX 1024

struct store {
	char *path;
	int root; /* descriptor of the directory */
	int own;  /* descriptor that holds the ownership, -1: not owned */
	struct beneath beneath;
	mode_t file_mode;        /* of a file that nginx made */
	struct log_once *once;   /* log_once.h */
	struct durable *durable; /* durable.h */

	/* The number of uploads, as this process counted them last, and when, in ticks
	 * (upload.c); 0: never. */
	_Atomic int64_t uploads_counted;
	_Atomic int64_t uploads;
};

/* What errno means; writes "call path: reason". */
enum result io_failed(struct err *err, const char *call, const char *path);

/* Writes a path, as snprintf(3) does. RC_BAD_NAME: it has IO_PATH_MAX bytes or more. */
enum result io_path(char out[IO_PATH_MAX], struct err *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As openat(2), for a path in the store. -1 and errno. */
int io_open(const struct store *st, const char *path, int flags);
int io_open_mode(const struct store *st, const char *path, int flags, mode_t mode);

/* Opens a regular file, without waiting. RC_NOT_FOUND also if something else is there.
 * The caller closes it. */
struct io_file {
	int fd; /* -1 where it could not be opened */
	struct stat sb;
};
enum result io_open_file(const struct store *st, const char *path, int flags,
    struct io_file *out, struct err *err);

/* A new file without a name, for reading and writing; io_replace_fd() gives it one. The caller
 * closes it. */
enum result io_open_unnamed(const struct store *st, int *fd, struct err *err);

/* Makes a file, for reading and writing; fails if it is there. The caller closes it. */
enum result io_create(
    const struct store *st, const char *path, int *fd, struct err *err);

/* Opens a file that only berth uses (a lock), for reading and writing; makes it if it
 * is missing. Follows no link. The caller closes it. */
enum result io_open_own(
    const struct store *st, const char *path, int *fd, struct err *err);

/* Closes it, unless it is -1. Leaves errno as it is. */
void io_close(int fd);

/* ---- of an open file; `path` is for the error alone ---- */

/* Bytes read from this offset on, 0 at the end, -1 and errno. */
ssize_t io_read_at(int fd, void *p, size_t n, uint64_t at);

/* Writes all of it, after what was written last or from this offset on. */
enum result io_write_all(int fd, struct str s, const char *path, struct err *err);
enum result io_write_all_at(
    int fd, struct str s, uint64_t at, const char *path, struct err *err);

/* The file has `size` bytes afterwards. RC_NOT_FOUND: it is shorter. */
enum result io_cut(int fd, uint64_t size, const char *path, struct err *err);

/* Its bytes are durable when this returns. */
enum result io_sync_fd(int fd, const char *path, struct err *err);

/* Begins to write these bytes to the disk, so that io_sync_fd() has less to wait for. */
void io_start_sync(int fd, uint64_t at, uint64_t n);

/* ---- by path ---- */

/* A whole small file. RC_TOO_LARGE: above limit bytes. */
enum result io_read(const struct store *st, struct arena *a, const char *path,
    size_t limit, struct str *out, struct err *err);

/* For a file of any kind; for a link, what it leads to. io_statx() also gives the time of
 * birth, if the file system records it. */
enum result io_stat(
    const struct store *st, const char *path, struct stat *sb, struct err *err);
enum result io_statx(
    const struct store *st, const char *path, struct statx *sx, struct err *err);
bool io_exists(const struct store *st, const char *path);

/* Does anything have this name? A link counts, wherever it leads. */
enum result io_is_taken(
    const struct store *st, const char *path, bool *out, struct err *err);

/* RC_NOT_FOUND also if it is not a regular file. */
enum result io_stat_file(
    const struct store *st, const char *path, struct stat *sb, struct err *err);

/* The same, with the path without symbolic links, as nginx needs it. */
struct io_found {
	const char *path;
	struct stat sb;
};
enum result io_find_file(const struct store *st, struct arena *a, const char *path,
    struct io_found *out, struct err *err);

/* Seconds since the file was written. */
int64_t io_age(const struct stat *sb);

/* Sets its times, as futimens(2) does; NULL: now. errno is that of the call that
 * failed. */
enum result io_touch(const struct store *st, const char *path,
    const struct timespec times[2], struct err *err);

/* dir/name holds content now: written elsewhere, synced, renamed. The name itself
 * is durable after io_sync(dir). */
enum result io_put(const struct store *st, const char *dir, const char *name,
    struct str content, struct err *err);

/* The same, but not synced: after a power cut the file may be empty, cut off or missing. */
enum result io_put_unsynced(const struct store *st, const char *dir,
    const char *name, struct str content, struct err *err);

/* Makes the file dir/name with this content; if it is there already, it stays as it
 * is. Only its owner may read it, from its first byte on. The name is durable after
 * io_sync(dir). */
enum result io_put_secret(const struct store *st, const char *dir, const char *name,
    struct str content, struct err *err);

/* dir/name is the file `from`, whatever it was before; durable after io_sync(dir).
 */
enum result io_link(const struct store *st, const char *from, const char *dir,
    const char *name, struct err *err);

/* The open file gets the name dir/name; it is synced first, and counts as read just now
 * (store/blob.h, "Pins"). A file that has the name already stays (D2 of store/store.h).
 * RC_CLIENT_GONE: the file's last name was removed meanwhile. */
enum result io_name_fd(const struct store *st, int fd, const char *dir,
    const char *name, struct err *err);

/* The same, but a file that has the name is replaced, in one step. */
enum result io_replace_fd(const struct store *st, int fd, const char *dir,
    const char *name, struct err *err);

/* The same for an open file that keeps its other names, its owner and its mode. Where the file
 * system cannot give it another name, the name gets a copy of it. */
enum result io_share_fd(const struct store *st, int fd, const char *dir,
    const char *name, struct err *err);

/* The same for an open file that has the name `from`, which it loses; `to` is the new path. */
enum result io_move_fd(const struct store *st, int fd, const char *from,
    const char *to, struct err *err);

/* The file `from` gets the name dir/name instead of its own, in one step; durable after
 * io_sync() of both directories. RC_NOT_FOUND; RC_IO also if they are of two file systems. */
enum result io_move(const struct store *st, const char *from, const char *dir,
    const char *name, struct err *err);

/* Makes the directories of the path. They are durable when this returns, also those
 * that were there. */
enum result io_mkdirs(const struct store *st, const char *path, struct err *err);

/* Names made, changed or removed in dir so far are durable. */
enum result io_sync(const struct store *st, const char *dir, struct err *err);

/* All that was written so far to the file system of this file is durable. */
enum result io_sync_all(const struct store *st, const char *path, struct err *err);

/* Removes the name; RC_OK also if it was not there. */
enum result io_unlink(const struct store *st, const char *path, struct err *err);

/* Moves a directory into _berth/tmp, so that it is gone at once, syncs, and removes
 * it there with the files in it. RC_NOT_FOUND: it was not there, and that is durable. */
enum result io_remove_dir(
    const struct store *st, const char *parent, const char *name, struct err *err);

/* For readdir(3); the caller closes it. */
enum result io_open_dir(
    const struct store *st, const char *dir, DIR **out, struct err *err);

/* Removes a file, or a directory with everything below it, as far as possible; follows
 * no link. False: something is left; errno is that of the last attempt. */
bool io_remove_tree(int dir, const char *name);

#endif
