/* guard.c: see guard.h. */
#include "store/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "image/hash.h"
#include "storefs/io.h"

static off_t
place_of(enum guard_kind kind, const char *key)
{
	char hex[HASH_SHA256_HEX_SIZE], text[IO_PATH_MAX];

	(void)snprintf(text, sizeof(text), "%d:%s", (int)kind, key);
	hash_of(HASH_SHA256, str_of(text), hex);
	hex[16] = '\0';
	return (off_t)(strtoull(hex, NULL, 16) >> 2);
}

/* The descriptor, and in *fl the byte of the key; -1 with errno. */
static int
open_byte(struct store *st, enum guard_kind kind, const char *key, struct flock *fl)
{
	*fl = (struct flock){.l_type = F_WRLCK,
	    .l_whence = SEEK_SET,
	    .l_start = place_of(kind, key),
	    .l_len = 1};
	return io_open(st, IO_LOCK, O_RDWR | O_NOFOLLOW);
}

static enum result
take(struct store *st, enum guard_kind kind, const char *key, int command,
    struct guard *out, struct err *err)
{
	struct flock fl;
	int fd = open_byte(st, kind, key, &fl);

	out->fd1 = 0;
	if (fd == -1) {
		(void)io_failed(err, "open", IO_LOCK);
		return RC_IO;
	}
	while (fcntl(fd, command, &fl) == -1) {
		if (errno == EINTR)
			continue;
		if (errno == EAGAIN || errno == EACCES) {
			(void)close(fd);
			return RC_OK;
		}
		(void)io_failed(err, "lock", IO_LOCK);
		(void)close(fd);
		return RC_IO;
	}
	out->fd1 = fd + 1;
	return RC_OK;
}

enum result
guard_take(struct store *st, enum guard_kind kind, const char *key,
    struct guard *out, struct err *err)
{
	return take(st, kind, key, F_OFD_SETLKW, out, err);
}

enum result
guard_try(struct store *st, enum guard_kind kind, const char *key,
    struct guard *out, struct err *err)
{
	return take(st, kind, key, F_OFD_SETLK, out, err);
}

bool
guard_is_taken(struct store *st, enum guard_kind kind, const char *key)
{
	struct flock fl;
	int fd = open_byte(st, kind, key, &fl);
	bool guarded = fd != -1 && fcntl(fd, F_OFD_GETLK, &fl) == 0 &&
		       fl.l_type != F_UNLCK;

	if (fd != -1)
		(void)close(fd);
	return guarded;
}

/* ---- places of those who walk a layer ---- */

static enum result
try_places(struct store *st, struct guard *out, struct err *err)
{
	char key[16];
	enum result r = RC_OK;
	int i;

	out->fd1 = 0;
	for (i = 0; r == RC_OK && !guard_is_held(out) && i < GUARD_WALKS; i++) {
		(void)snprintf(key, sizeof(key), "%d", i);
		r = guard_try(st, GUARD_WALK, key, out, err);
	}
	return r;
}

/* Whoever is the first to wait looks for a place that comes free, as no call waits for
 * one of several; the others wait for their turn to look. */
enum result
guard_take_walk(struct store *st, struct guard *out, struct err *err)
{
	static const struct timespec moment = {0, 10 * 1000 * 1000};
	struct guard turn;
	enum result r = guard_take(st, GUARD_WALK, "turn", &turn, err);

	out->fd1 = 0;
	if (r == RC_OK)
		r = try_places(st, out, err);
	while (r == RC_OK && !guard_is_held(out)) {
		(void)nanosleep(&moment, NULL);
		r = try_places(st, out, err);
	}
	guard_release(&turn);
	return r;
}

/* ---- memory ---- */

/* Locks free bytes from fl->l_start on, until `wanted` are locked. False: there were
 * not enough. The locks belong to the descriptor: closing it releases all. */
static bool
lock_units(int fd, struct flock fl, size_t wanted)
{
	size_t i;

	for (i = 0; wanted > 0 && GUARD_MEMORY_UNITS - i >= wanted; i++) {
		wanted -= fcntl(fd, F_OFD_SETLK, &fl) == 0;
		fl.l_start++;
	}
	return wanted == 0;
}

static enum result
try_memory(struct store *st, size_t units, struct guard *out, struct err *err)
{
	struct flock fl;
	int fd = open_byte(st, GUARD_MEMORY, "", &fl);

	if (fd == -1) {
		(void)io_failed(err, "open", IO_LOCK);
		return RC_IO;
	}
	out->fd1 = fd + 1;
	if (!lock_units(fd, fl, units))
		guard_release(out);
	return RC_OK;
}

/* One waiter at a time has the turn, and while it has, only it takes units. Otherwise
 * those that want few units could keep a waiter that wants many waiting for ever. */
static enum result
try_in_turn(struct store *st, size_t units, struct guard *turn, struct guard *out,
    struct err *err)
{
	enum result r = RC_OK;

	if (!guard_is_held(turn))
		r = guard_try(st, GUARD_MEMORY, "turn", turn, err);
	if (r == RC_OK && guard_is_held(turn))
		r = try_memory(st, units, out, err);
	return r;
}

enum result
guard_take_memory(struct store *st, size_t bytes, unsigned patience_ms,
    struct guard *out, struct err *err)
{
	static const struct timespec moment = {0, 5 * 1000 * 1000};
	size_t units = (bytes + GUARD_MEMORY_UNIT - 1) / GUARD_MEMORY_UNIT;
	int64_t end = clock_ticks() + patience_ms;
	struct guard turn = {0};
	enum result r = RC_OK;

	if (units > GUARD_MEMORY_UNITS)
		units = GUARD_MEMORY_UNITS;
	out->fd1 = 0;
	if (!guard_is_taken(st, GUARD_MEMORY, "turn"))
		r = try_memory(st, units, out, err);
	while (r == RC_OK && !guard_is_held(out) && clock_ticks() < end) {
		(void)nanosleep(&moment, NULL);
		r = try_in_turn(st, units, &turn, out, err);
	}
	guard_release(&turn);
	return r;
}

bool
guard_is_held(const struct guard *lock)
{
	return lock->fd1 != 0;
}

void
guard_release(struct guard *lock)
{
	if (lock->fd1 != 0)
		(void)close(lock->fd1 - 1);
	lock->fd1 = 0;
}
