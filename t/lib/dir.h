/* dir.h: a directory of the test's own, and files in it. A name is relative to that
 * directory. What cannot be done ends the test ("Bail out!"). */
#ifndef LIB_DIR_H
#define LIB_DIR_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "lib/fixture.h"
#include "lib/tap.h"

/* Bytes of a file or a tree that a test may read. */
#define TREE_MAX  ((size_t)4 << 20)
#define ON_DISK   "/tmp"
#define IN_MEMORY "/dev/shm" /* where thousands of fsync(2) cost nothing */

/* The directory, and what makes it: in a directory of this name, or on disk where that does
 * not exist. The test removes it with remove_tree(dir). */
extern char dir[64];
void make_test_dir(const char *where);

/* The path of a name. */
const char *in_dir(const char *name);
bool is_there(const char *name);

/* With the directories above it; it may exist. */
void make_dir(const char *name);

/* Makes the directories above the file, too. */
void write_bytes(const char *name, struct str content);
void write_text(const char *name, const char *content);

/* NULL: no such file. */
const char *read_text(const char *name);

/* For scandir(3): neither "." nor "..". */
int visible(const struct dirent *e);

/* The files below a directory, a line each, in byte order; directories only where
 * they are empty. */
const char *tree(const char *name);

/* Everything below a path (not a name), and the path itself; it may be missing. */
void remove_tree(const char *path);

/* Sets the times of a file or a directory to so many seconds ago. */
void make_older(const char *name, time_t seconds);

/* lstat(2). */
struct stat stat_of(const char *name);

#endif
