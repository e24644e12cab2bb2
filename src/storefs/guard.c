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
place_of(enum lock_kind kind, const char *key)
{
	char hex[SHA256_HEX_SIZE], text[IO_PATH_MAX];

	(void)snprintf(text, sizeof(text), "%d:%s", (int)kind, key);
	hash_of(HASH_SHA256, str_of(text), hex);
	hex[16] = '\0';
	return (off_t)(strtoull(hex, NULL, 16) >> 2);
}

/* The descriptor, and in *fl the byte of the key; -1 with errno. */
static int
open_byte(struct store *st, enum lock_kind kind, const char *key, struct flock *fl)
{
	*fl = (struct flock){.l_type = F_WRLCK,
	    .l_whence = SEEK_SET,
	    .l_start = place_of(kind, key),
	    .l_len = 1};
	return io_open(st, IO_LOCK, O_RDWR | O_NOFOLLOW);
}

static enum result
take(struct store *st, enum lock_kind kind, const char *key, int command,
    struct store_lock *out, struct err *err)
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
store_lock(struct store *st, enum lock_kind kind, const char *key,
    struct store_lock *out, struct err *err)
{
	return take(st, kind, key, F_OFD_SETLKW, out, err);
}

enum result
store_trylock(struct store *st, enum lock_kind kind, const char *key,
    struct store_lock *out, struct err *err)
{
	return take(st, kind, key, F_OFD_SETLK, out, err);
}

bool
store_is_guarded(struct store *st, enum lock_kind kind, const char *key)
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
try_places(struct store *st, struct store_lock *out, struct err *err)
{
	char key[16];
	enum result r = RC_OK;
	int i;

	out->fd1 = 0;
	for (i = 0; r == RC_OK && !store_locked(out) && i < LOCK_WALKS; i++) {
		(void)snprintf(key, sizeof(key), "%d", i);
		r = store_trylock(st, LOCK_WALK, key, out, err);
	}
	return r;
}

/* Whoever is the first to wait looks for a place that comes free, as no call waits for
 * one of several; the others wait for their turn to look. */
enum result
store_lock_walk(struct store *st, struct store_lock *out, struct err *err)
{
	static const struct timespec moment = {0, 10 * 1000 * 1000};
	struct store_lock turn;
	enum result r = store_lock(st, LOCK_WALK, "turn", &turn, err);

	out->fd1 = 0;
	if (r == RC_OK)
		r = try_places(st, out, err);
	while (r == RC_OK && !store_locked(out)) {
		(void)nanosleep(&moment, NULL);
		r = try_places(st, out, err);
	}
	store_unlock(&turn);
	return r;
}

/* ---- memory ---- */

/* Locks free bytes from fl->l_start on, until `wanted` are locked. False: there were
 * not enough. The locks belong to the descriptor: closing it releases all. */
static bool
lock_units(int fd, struct flock fl, size_t wanted)
{
	size_t i;

	for (i = 0; wanted > 0 && LOCK_MEMORY_UNITS - i >= wanted; i++) {
		wanted -= fcntl(fd, F_OFD_SETLK, &fl) == 0;
		fl.l_start++;
	}
	return wanted == 0;
}

static enum result
try_memory(struct store *st, size_t units, struct store_lock *out, struct err *err)
{
	struct flock fl;
	int fd = open_byte(st, LOCK_MEMORY, "", &fl);

	if (fd == -1) {
		(void)io_failed(err, "open", IO_LOCK);
		return RC_IO;
	}
	out->fd1 = fd + 1;
	if (!lock_units(fd, fl, units))
		store_unlock(out);
	return RC_OK;
}

/* One waiter at a time has the turn, and while it has, only it takes units. Otherwise
 * those that want few units could keep a waiter that wants many waiting for ever. */
static enum result
try_in_turn(struct store *st, size_t units, struct store_lock *turn,
    struct store_lock *out, struct err *err)
{
	enum result r = RC_OK;

	if (!store_locked(turn))
		r = store_trylock(st, LOCK_MEMORY, "turn", turn, err);
	if (r == RC_OK && store_locked(turn))
		r = try_memory(st, units, out, err);
	return r;
}

enum result
store_lock_memory(struct store *st, size_t bytes, unsigned patience_ms,
    struct store_lock *out, struct err *err)
{
	static const struct timespec moment = {0, 5 * 1000 * 1000};
	size_t units = (bytes + LOCK_MEMORY_UNIT - 1) / LOCK_MEMORY_UNIT;
	int64_t end = clock_ticks() + patience_ms;
	struct store_lock turn = {0};
	enum result r = RC_OK;

	if (units > LOCK_MEMORY_UNITS)
		units = LOCK_MEMORY_UNITS;
	out->fd1 = 0;
	if (!store_is_guarded(st, LOCK_MEMORY, "turn"))
		r = try_memory(st, units, out, err);
	while (r == RC_OK && !store_locked(out) && clock_ticks() < end) {
		(void)nanosleep(&moment, NULL);
		r = try_in_turn(st, units, &turn, out, err);
	}
	store_unlock(&turn);
	return r;
}

bool
store_locked(const struct store_lock *lock)
{
	return lock->fd1 != 0;
}

void
store_unlock(struct store_lock *lock)
{
	if (lock->fd1 != 0)
		(void)close(lock->fd1 - 1);
	lock->fd1 = 0;
}
