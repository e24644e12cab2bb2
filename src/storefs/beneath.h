/* beneath.h: opens files below the store's root and never any other. Private to this room.
 *
 * A symbolic link is followed if it leads to a place below the root: relative or
 * absolute, as a directory on the way or as the last part. A link that leads out of the
 * root, even if it comes back by another link, is not followed.
 *
 * How: the kernel opens a path only if no link is on the way (openat2(2),
 * RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS; where it has no openat2 or a filter forbids
 * it, part by part with O_NOFOLLOW). Where a link is found, its target is read and put
 * into the path here, until no link is left, and the path is opened again. A process that
 * changes a directory meanwhile can make this fail, but cannot lead it out of the root. */
#ifndef STOREFS_BENEATH_H
#define STOREFS_BENEATH_H

#include <stdbool.h>
#include <sys/types.h>

#define BENEATH_MAX 4096 /* bytes of a path, with its end */

/* The root. Made by beneath_init(). */
struct beneath {
	int fd;       /* of the directory; the caller's */
	char *spelt;  /* its path as the caller names it */
	char *real;   /* its path without links */
	bool by_part; /* openat2 cannot be used */
};

/* False: errno says why. */
bool beneath_init(struct beneath *b, int fd, const char *path);
void beneath_free(struct beneath *b);

/* Where a path led. */
struct beneath_way {
	char path[BENEATH_MAX]; /* the same file without any link, below the root */
	/* the last link that was followed, below the root */
	char link[BENEATH_MAX];
	char target[BENEATH_MAX]; /* the target of that link */
};

/* Opens `path`, which is relative to the root, as openat(2) does (always with
 * O_CLOEXEC). With O_NOFOLLOW the last part must not be a link. -1 and errno; ENOLINK:
 * a link leads out of the root; ELOOP: links lead to each other. *way is filled in if
 * links were followed, or if errno is ENOLINK or ELOOP; otherwise way->path is "". */
int beneath_open(const struct beneath *b, const char *path, int flags, mode_t mode,
    struct beneath_way *way);

#endif
