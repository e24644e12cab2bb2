/* guards.c: one holder in all threads and processes, gone with its process: the guards of
 * guard.h and the ownership of storefs_lock_exclusive(). */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "lib/held.h"
#include "lib/store.h"
#include "store/derived.h"
#include "store/guard.h"
#include "store/partial.h"
#include "store/v1tag.h"
#include "storefs/storefs.h"

#define THREADS  4
#define ROUNDS   250
#define WALKS    10
#define LINGERS  300 /* ms that a worker lives on */
#define A_MOMENT 50  /* ms */

/* What the processes of a test see of each other. */
struct shared {
	volatile int ready;
	atomic_int sum; /* ThreadSanitizer does not see what a file's lock orders */
	volatile int took;         /* ms, of own() */
	struct err err;            /* why that failed */
	_Atomic int walking, most; /* at once, and at most */
};
static struct shared *shared;

static void
pause_ms(long ms)
{
	const struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	(void)nanosleep(&t, NULL);
}

static void
wait_ready(void)
{
	int i;

	for (i = 0; i < 10000 && !shared->ready; i++)
		pause_ms(1);
}

/* Nobody holds it: taken, and given back. */
static bool
is_free(enum guard_kind kind, const char *key)
{
	struct guard lock = {0};
	struct err why;
	bool got;

	if (guard_try(store, kind, key, &lock, &why) != RC_OK)
		return false;
	got = guard_is_held(&lock);
	guard_release(&lock);
	return got;
}

/* ---- guards ---- */

static void
test_keys(void)
{
	struct guard a = {0}, b = {0};

	ok(!guard_is_held(&a), "nothing is held");
	guard_release(&a);
	is_int(
	    guard_take(store, GUARD_REPOSITORY, "a/b", &a, &err), RC_OK, "a guard");
	ok(guard_is_held(&a), "is held");
	ok(!is_free(GUARD_REPOSITORY, "a/b"), "nobody else has it");
	ok(is_free(GUARD_REPOSITORY, "a/c"), "another key is another guard");
	ok(is_free(GUARD_IMAGE, "a/b"), "and so is another kind");
	is_int(guard_try(store, GUARD_REPOSITORY, "a/b", &b, &err), RC_OK,
	    "when the caller does not wait");
	ok(!guard_is_held(&b), "learns that it is taken");
	guard_release(&b);
	ok(!is_free(GUARD_REPOSITORY, "a/b"),
	    "what was not held is not given back");
	guard_release(&a);
	guard_release(&a);
	ok(is_free(GUARD_REPOSITORY, "a/b"), "given back");
}

/* One repository is one guard, whatever API names it. */
static void
test_repository_key(void)
{
	struct guard g = {0};

	(void)guard_take(store, GUARD_REPOSITORY, "busybox", &g, &err);
	ok(!is_free(GUARD_REPOSITORY, "library/busybox"),
	    "API v1 and API v2 lock the same repository");
	ok(is_free(GUARD_REPOSITORY, "team/busybox"), "of no other namespace");
	ok(guard_covers(&g, GUARD_REPOSITORY, "library/busybox"),
	    "the guard covers it under either name");
	guard_release(&g);
	(void)guard_take(store, GUARD_REPOSITORY, "library/a/b", &g, &err);
	ok(is_free(GUARD_REPOSITORY, "a/b"), "\"a/b\" is another repository");
	guard_release(&g);
}

static void
test_covers(void)
{
	struct guard g = {0}, other = {0};

	ok(!guard_covers(NULL, GUARD_IMAGE, "a"), "no guard covers nothing");
	ok(!guard_covers(&g, GUARD_IMAGE, "a"), "nor does an empty one");
	(void)guard_take(store, GUARD_IMAGE, "a", &g, &err);
	ok(guard_covers(&g, GUARD_IMAGE, "a"), "a guard covers its key");
	ok(!guard_covers(&g, GUARD_IMAGE, "b"), "and no other");
	ok(!guard_covers(&g, GUARD_UPLOAD, "a"), "and no other kind");
	guard_give(&g, &other);
	ok(!guard_is_held(&g) && !guard_covers(&g, GUARD_IMAGE, "a"),
	    "a guard that was given away is empty");
	ok(guard_covers(&other, GUARD_IMAGE, "a"), "the receiver holds it");
	guard_release(&g);
	ok(!is_free(GUARD_IMAGE, "a"), "releasing the empty one changes nothing");
	guard_release(&other);
	ok(is_free(GUARD_IMAGE, "a"), "releasing the other frees it");
	ok(!guard_covers(&other, GUARD_IMAGE, "a"), "and it covers nothing now");
}

/* ---- calls that want a guard ---- */

/* How each is called: with a guard of its own key, of another key, or with none. */
enum held { RIGHT, WRONG, NONE };

struct call {
	const char *what;
	enum guard_kind kind;
	const char *right, *wrong; /* keys */
	enum result (*make)(const struct guard *held);
};

#define IMAGE_ID "0123456789abcdef"
#define OTHER_ID "fedcba9876543210"

static enum result
begin_push(const struct guard *held)
{
	const struct store_v1image im = store_v1image_make(store, arena, IMAGE_ID);
	const struct store_v1push_begin begin = {
	    .json = str_of("{}"), .ancestry = str_of("[]")};

	return store_v1push_begin(&im, held, &begin, &err);
}

static enum result
forget_derived(const struct guard *held)
{
	const struct store_v1image im = store_v1image_make(store, arena, IMAGE_ID);

	return store_derived_forget(&im, held, &err);
}

static enum result
begin_partial(const struct guard *held)
{
	const struct store_v1image im = store_v1image_make(store, arena, IMAGE_ID);
	struct store_partial *p = NULL;
	enum result r = store_partial_create(&im, held, 10, &p, &err);

	store_partial_close(p);
	return r;
}

static enum result
put_tag(const struct guard *held)
{
	const struct store_v1tag tag = {"latest", IMAGE_ID, str_of("{}")};
	const struct v1name name = {"library", "busybox"};
	struct store_v1repo repo;
	enum result r = store_v1repo_find(store, arena, &name, &repo, &err);

	return r == RC_OK ? store_v1tag_put(&repo, held, &tag, &err) : r;
}

static const struct call calls[] = {
    {"a push", GUARD_IMAGE, IMAGE_ID, OTHER_ID, begin_push},
    {"the removal of lists", GUARD_IMAGE, IMAGE_ID, OTHER_ID, forget_derived},
    {"a fetch", GUARD_MIRROR, IMAGE_ID, OTHER_ID, begin_partial},
    {"a tag", GUARD_REPOSITORY, "library/busybox", "team/busybox", put_tag},
    {"a tag, by the name of API v2", GUARD_REPOSITORY, "busybox", "team/busybox",
	put_tag},
};

struct trial {
	const struct call *call;
	enum held held;
};

static int
try_call(void *arg)
{
	static const struct rlimit no_core = {0, 0};
	const struct trial *t = arg;
	const struct call *c = t->call;
	struct guard g = {0};

	(void)setrlimit(RLIMIT_CORE, &no_core);
	(void)close(STDERR_FILENO); /* where assert() writes */
	if (t->held != NONE)
		g = hold(c->kind, t->held == RIGHT ? c->right : c->wrong);
	return c->make(&g) == RC_OK ? 0 : 1;
}

/* The caller is at fault: the process ends before anything is written. */
static void
test_witnesses(void)
{
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		const struct call *c = &calls[i];
		struct trial t = {c, NONE};

		is_int(run_in_process(try_call, &t), 128 + SIGABRT,
		    "%s without a guard is caught", c->what);
		t.held = WRONG;
		is_int(run_in_process(try_call, &t), 128 + SIGABRT,
		    "%s with the guard of another", c->what);
		t.held = RIGHT;
		is_int(run_in_process(try_call, &t), 0, "%s with its own", c->what);
	}
	ok(!is_there("images/" OTHER_ID), "nothing was written of another");
}

/* ---- many at once ---- */

/* Adds one in a way that loses counts when two do it at once. */
static bool
add_one(void)
{
	struct guard lock;
	struct err why;
	int was;

	if (guard_take(store, GUARD_IMAGE, "sum", &lock, &why) != RC_OK)
		return false;
	was = shared->sum;
	(void)sched_yield();
	shared->sum = was + 1;
	guard_release(&lock);
	return true;
}

static void *
add_many(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS && add_one(); i++)
		;
	return arg;
}

static int
add_in_threads(void *arg)
{
	pthread_t threads[THREADS];
	int i;

	(void)arg;
	for (i = 0; i < THREADS; i++)
		(void)pthread_create(&threads[i], NULL, add_many, NULL);
	for (i = 0; i < THREADS; i++)
		(void)pthread_join(threads[i], NULL);
	return 0;
}

static void
test_crowd(void)
{
	pid_t one = start_process(add_in_threads, NULL);
	pid_t two = start_process(add_in_threads, NULL);

	(void)add_in_threads(NULL);
	(void)wait_for(one);
	(void)wait_for(two);
	is_int(shared->sum, 3 * THREADS * ROUNDS,
	    "of %d threads in three processes one at a time", 3 * THREADS);
}

/* ---- places ---- */

static bool
walk_once(void)
{
	struct guard place;
	struct err why;
	int now, most;

	if (guard_take_walk(store, &place, &why) != RC_OK)
		return false;
	now = ++shared->walking;
	most = shared->most;
	while (
	    now > most && !atomic_compare_exchange_weak(&shared->most, &most, now))
		;
	pause_ms(1);
	shared->walking--;
	guard_release(&place);
	return true;
}

static void *
walk_often(void *arg)
{
	int i;

	for (i = 0; i < WALKS && walk_once(); i++)
		;
	return i == WALKS ? arg : NULL;
}

/* How many of the threads could not. */
static int
walk_in_threads(void *arg)
{
	pthread_t threads[THREADS];
	int i, failed = THREADS;
	void *well;

	for (i = 0; i < THREADS; i++)
		(void)pthread_create(&threads[i], NULL, walk_often, &failed);
	for (i = 0; i < THREADS; i++) {
		(void)pthread_join(threads[i], &well);
		failed -= well == &failed;
	}
	(void)arg;
	return failed;
}

static void
test_walkers(void)
{
	pid_t one = start_process(walk_in_threads, NULL);
	pid_t two = start_process(walk_in_threads, NULL);

	is_int(walk_in_threads(NULL), 0, "%d threads walk", THREADS);
	is_int(wait_for(one), 0, "as many in another process");
	is_int(wait_for(two), 0, "and in a third");
	is_int(shared->most, GUARD_WALKS, "a few at once");
}

static int
take_place(void *arg)
{
	struct guard place;

	(void)arg;
	wait_ready();
	if (guard_take_walk(store, &place, &err) != RC_OK)
		return 1;
	shared->took = 1;
	guard_release(&place);
	return 0;
}

/* All places are taken: the next waits, for whichever comes free first. It is another
 * process from before on, since a child would hold what is held here. */
static void
test_places(void)
{
	struct guard places[GUARD_WALKS] = {0};
	pid_t next;
	int i;

	shared->ready = shared->took = 0;
	next = start_process(take_place, NULL);
	for (i = 0; i < GUARD_WALKS; i++)
		if (guard_take_walk(store, &places[i], &err) != RC_OK)
			break;
	is_int(i, GUARD_WALKS, "the places are taken");
	shared->ready = 1;
	pause_ms(A_MOMENT);
	ok(!shared->took, "one more waits");
	guard_release(&places[2]);
	is_int(wait_for(next), 0, "until one of them is given back");
	for (i = 0; i < GUARD_WALKS; i++)
		guard_release(&places[i]);
}

/* Until it is killed, or the test that should have done so is gone. */
static int
hang(void)
{
	(void)alarm(60);
	shared->ready = 1;
	for (;;)
		(void)pause();
	return 0;
}

static int
hold_and_hang(void *arg)
{
	struct guard lock;

	(void)arg;
	(void)guard_take(store, GUARD_IMAGE, "held", &lock, &err);
	return hang();
}

static int
kill_later(void *arg)
{
	pause_ms(A_MOMENT);
	return kill(*(pid_t *)arg, SIGKILL);
}

static void
test_killed_holder(void)
{
	struct guard lock = {0};
	pid_t holder, killer;
	int64_t began;

	shared->ready = 0;
	holder = start_process(hold_and_hang, NULL);
	wait_ready();
	ok(!is_free(GUARD_IMAGE, "held"), "another process holds it");
	began = clock_ticks();
	killer = start_process(kill_later, &holder);
	is_int(guard_take(store, GUARD_IMAGE, "held", &lock, &err), RC_OK,
	    "it is waited for");
	ok(clock_ticks() - began >= A_MOMENT, "until its holder is killed");
	ok(guard_is_held(&lock), "and then held here");
	guard_release(&lock);
	is_int(wait_for(killer), 0, "the killer ends");
	is_int(wait_for(holder), 128 + SIGKILL, "so did the holder");
}

/* ---- memory ---- */

#define ALL (GUARD_MEMORY_UNITS * GUARD_MEMORY_UNIT)

static bool
take_memory(size_t bytes, unsigned patience, struct guard *out)
{
	*out = (struct guard){0};
	return guard_take_memory(store, bytes, patience, out, &err) == RC_OK &&
	       guard_is_held(out);
}

static bool
is_memory_free(size_t bytes)
{
	struct guard lock;
	bool taken = take_memory(bytes, 0, &lock);

	guard_release(&lock);
	return taken;
}

static void
test_memory(void)
{
	struct guard half, one, rest;

	ok(is_memory_free(ALL), "all memory is free");
	ok(is_memory_free(SIZE_MAX / 2), "more than there is counts as all");
	ok(take_memory(ALL / 2, 0, &half), "a half is taken");
	ok(take_memory(1, 0, &one), "and a byte, which is a unit");
	ok(!is_memory_free(ALL / 2), "the other half is not whole");
	ok(take_memory(ALL / 2 - GUARD_MEMORY_UNIT, 0, &rest), "its rest is taken");
	ok(!is_memory_free(1), "nothing is left");
	guard_release(&half);
	guard_release(&rest);
	ok(take_memory(ALL - GUARD_MEMORY_UNIT, 0, &half),
	    "what was given back need not lie together");
	guard_release(&one);
	guard_release(&half);
	ok(is_memory_free(ALL), "all is free again");
}

static int
hold_memory_and_hang(void *arg)
{
	struct guard lock;

	(void)arg;
	return take_memory(ALL, 0, &lock) ? hang() : 1;
}

/* All of it is another process's, which is killed while this one waits. */
static void
test_memory_of_killed(void)
{
	struct guard lock;
	pid_t holder, killer;
	int64_t began;

	shared->ready = 0;
	holder = start_process(hold_memory_and_hang, NULL);
	wait_ready();
	began = clock_ticks();
	ok(!take_memory(1, A_MOMENT, &lock), "another process has all");
	ok(clock_ticks() - began >= A_MOMENT, "it is waited for, but not for ever");
	killer = start_process(kill_later, &holder);
	ok(take_memory(ALL, 60000, &lock), "until its holder is killed");
	guard_release(&lock);
	is_int(wait_for(killer), 0, "the killer ends");
	is_int(wait_for(holder), 128 + SIGKILL, "so did the holder");
}

/* One that waits for all has the turn: one that wants little does not take it away. */
static int
wait_for_all(void *arg)
{
	struct guard lock;

	(void)arg;
	wait_ready();
	if (!take_memory(ALL, 60000, &lock))
		return 1;
	shared->took = 1;
	guard_release(&lock);
	return 0;
}

static void
test_memory_turn(void)
{
	struct guard lock, other;
	pid_t waiter;
	int i;

	shared->ready = shared->took = 0;
	waiter = start_process(wait_for_all, NULL);
	ok(take_memory(1, 0, &lock), "a unit is taken");
	shared->ready = 1;
	for (i = 0; i < 1000 && !guard_is_taken(store, GUARD_MEMORY, "turn"); i++)
		pause_ms(1);
	ok(!take_memory(1, 0, &other),
	    "another waits for all: no unit for a third");
	ok(!shared->took, "the waiter does not have it yet");
	guard_release(&lock);
	is_int(wait_for(waiter), 0, "it gets all");
	ok(shared->took, "in its turn");
}

/* ---- the owner ---- */

/* How a worker of the owner ends: arg points to the milliseconds. */
static int
linger(void *arg)
{
	shared->ready = 1;
	pause_ms(*(long *)arg);
	return 0;
}

static int
own_and_hang(void *arg)
{
	(void)arg;
	return storefs_lock_exclusive(store, &err) == RC_OK ? hang() : 1;
}

static int
own_with_worker(void *arg)
{
	if (storefs_lock_exclusive(store, &err) != RC_OK)
		return 1;
	(void)start_process(linger, arg);
	return hang();
}

/* As a process of its own: an ownership ends with the process that took it. */
static int
own(void *arg)
{
	int64_t began = clock_ticks();
	enum result r = storefs_lock_exclusive(store, &shared->err);

	(void)arg;
	shared->took = (int)(clock_ticks() - began);
	return r == RC_OK ? 0 : 1;
}

static bool
can_own(void)
{
	return run_in_process(own, NULL) == 0;
}

static void
test_owner(void)
{
	pid_t owner;

	ok(can_own(), "nobody serves: owned");
	ok(can_own(), "again, as that one ended");
	shared->ready = 0;
	owner = start_process(own_and_hang, NULL);
	wait_ready();
	ok(!can_own(), "a second server is refused");
	ok(shared->took < 1000, "at once: %d ms", shared->took);
	is_str(shared->err.text,
	    arena_printf(arena, "%s: another berth serves this directory", dir),
	    "and the error says why");
	(void)kill(owner, SIGKILL);
	(void)wait_for(owner);
	ok(can_own(), "when it was killed: owned");
	ok(shared->took < 1000, "at once: %d ms", shared->took);
}

/* The master is killed; its worker, which holds the ownership too, ends later. */
static void
test_lingering_worker(void)
{
	long lives = LINGERS;
	pid_t owner;

	shared->ready = 0;
	owner = start_process(own_with_worker, &lives);
	wait_ready();
	(void)kill(owner, SIGKILL);
	(void)wait_for(owner);
	ok(can_own(), "a worker that outlives its master is waited for");
	ok(shared->took >= LINGERS / 2, "until it has ended: %d ms", shared->took);
}

int
main(void)
{
	setup_store(ON_DISK);
	shared = share(sizeof(*shared));
	test_keys();
	test_repository_key();
	test_covers();
	test_witnesses();
	test_crowd();
	test_walkers();
	test_places();
	test_killed_holder();
	test_memory();
	test_memory_of_killed();
	test_memory_turn();
	test_owner();
	test_lingering_worker();
	return teardown_store();
}
