/* guard.c: see store/guard.h.
 *
 * A guard is one byte of the file _berth/lock, chosen by a hash of its kind and key, and
 * locked by an open file description of its own (fcntl(2), F_OFD_SETLKW). So nothing is left
 * of a process that ended, and two keys share a byte once in 2^62. Units of memory are bytes
 * of the same file, next to each other; one description holds as many as it took. */
#include "store/guard.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "image/hash.h"
#include "image/reference.h"
#include "storefs/io.h"

/* Milliseconds between two attempts to lock a byte that is taken. */
#define WALK_LOOK_MS   10
#define MEMORY_LOOK_MS 5

/* The offset of the byte. */
static uint64_t
byte_of(enum guard_kind kind, const char *key)
{
	char hex[HASH_SHA256_HEX_SIZE], kind_text[16];
	struct hash h;

	if (kind == GUARD_REPOSITORY)
		key = reference_key(key);
	(void)snprintf(kind_text, sizeof(kind_text), "%d:", (int)kind);
	hash_begin(&h, HASH_SHA256);
	hash_add(&h, kind_text, strlen(kind_text));
	hash_add(&h, key, strlen(key));
	hash_end(&h, hex);
	hex[16] = '\0';
	return strtoull(hex, NULL, 16) >> 2;
}

/* The descriptor, and in *fl the byte of the key; -1 with errno. */
static int
open_byte(struct store *st, enum guard_kind kind, const char *key, struct flock *fl)
{
	*fl = (struct flock){.l_type = F_WRLCK,
	    .l_whence = SEEK_SET,
	    .l_start = (off_t)byte_of(kind, key),
	    .l_len = 1};
	return io_open(st, IO_LOCK, O_RDWR | O_NOFOLLOW);
}

/* The handle is the descriptor plus one, so that {0} holds nothing. */
static void
set_held(struct guard *g, int fd, const struct flock *fl)
{
	*g = (struct guard){.handle = fd + 1, .key = (uint64_t)fl->l_start};
}

static enum result
lock_byte(int fd, struct flock *fl, bool wait, struct guard *out, struct err *err)
{
	while (fcntl(fd, wait ? F_OFD_SETLKW : F_OFD_SETLK, fl) == -1) {
		if (errno == EINTR)
			continue;
		if (errno == EAGAIN || errno == EACCES) {
			io_close(fd);
			return RC_OK;
		}
		(void)io_failed(err, "lock", IO_LOCK);
		io_close(fd);
		return RC_IO;
	}
	set_held(out, fd, fl);
	return RC_OK;
}

enum result
guard_take(struct store *st, enum guard_kind kind, const char *key,
    struct guard *out, struct err *err)
{
	struct flock fl;
	int fd = open_byte(st, kind, key, &fl);

	*out = (struct guard){0};
	if (fd != -1)
		return lock_byte(fd, &fl, true, out, err);
	(void)io_failed(err, "open", IO_LOCK);
	return RC_IO;
}

enum result
guard_try(struct store *st, enum guard_kind kind, const char *key,
    struct guard *out, struct err *err)
{
	struct flock fl;
	int fd = open_byte(st, kind, key, &fl);

	*out = (struct guard){0};
	if (fd != -1)
		return lock_byte(fd, &fl, false, out, err);
	(void)io_failed(err, "open", IO_LOCK);
	return RC_IO;
}

bool
guard_is_taken(struct store *st, enum guard_kind kind, const char *key)
{
	struct flock fl;
	int fd = open_byte(st, kind, key, &fl);
	bool guarded = fd != -1 && fcntl(fd, F_OFD_GETLK, &fl) == 0 &&
		       fl.l_type != F_UNLCK;

	io_close(fd);
	return guarded;
}

/* ---- walks ---- */

static enum result
try_walks(struct store *st, struct guard *out, struct err *err)
{
	char key[16];
	enum result r = RC_OK;
	int i;

	*out = (struct guard){0};
	for (i = 0; r == RC_OK && !guard_is_held(out) && i < GUARD_WALKS; i++) {
		(void)snprintf(key, sizeof(key), "%d", i);
		r = guard_try(st, GUARD_WALK, key, out, err);
	}
	return r;
}

/* No system call waits for one of several bytes. So the first thread that waits tries each byte
 * again and again, and the others wait for the byte "turn", which it holds meanwhile. */
enum result
guard_take_walk(struct store *st, struct guard *out, struct err *err)
{
	struct guard turn;
	enum result r = guard_take(st, GUARD_WALK, "turn", &turn, err);

	*out = (struct guard){0};
	if (r == RC_OK)
		r = try_walks(st, out, err);
	while (r == RC_OK && !guard_is_held(out)) {
		clock_sleep_ms(WALK_LOOK_MS);
		r = try_walks(st, out, err);
	}
	guard_release(&turn);
	return r;
}

/* ---- memory ---- */

/* Locks free bytes from fl->l_start on, until `wanted` are locked. False: not enough were
 * free. The locks belong to the descriptor: closing it releases all. */
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
	set_held(out, fd, &fl);
	if (!lock_units(fd, fl, units))
		guard_release(out);
	return RC_OK;
}

/* One waiter at a time holds the byte "turn", and while it does, only it takes units.
 * Otherwise those that want few units could keep a waiter that wants many waiting for ever. */
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
	size_t units = (bytes + GUARD_MEMORY_UNIT - 1) / GUARD_MEMORY_UNIT;
	int64_t end = clock_ticks() + patience_ms;
	struct guard turn = {0};
	enum result r = RC_OK;

	if (units > GUARD_MEMORY_UNITS)
		units = GUARD_MEMORY_UNITS;
	*out = (struct guard){0};
	if (!guard_is_taken(st, GUARD_MEMORY, "turn"))
		r = try_memory(st, units, out, err);
	while (r == RC_OK && !guard_is_held(out) && clock_ticks() < end) {
		clock_sleep_ms(MEMORY_LOOK_MS);
		r = try_in_turn(st, units, &turn, out, err);
	}
	guard_release(&turn);
	return r;
}

/* ---- the holder ---- */

bool
guard_is_held(const struct guard *g)
{
	return g->handle != 0;
}

bool
guard_covers(const struct guard *held, enum guard_kind kind, const char *key)
{
	return held != NULL && guard_is_held(held) &&
	       held->key == byte_of(kind, key);
}

void
guard_give(struct guard *from, struct guard *to)
{
	assert(!guard_is_held(to));
	*to = *from;
	*from = (struct guard){0};
}

void
guard_release(struct guard *g)
{
	if (g->handle != 0)
		io_close(g->handle - 1);
	*g = (struct guard){0};
}
