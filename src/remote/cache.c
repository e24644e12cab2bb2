/* cache.c: remote_get_cached(): answers are kept in memory for a short time, and threads
 * that want the same at the same time share one request.
 *
 * The cache is an array of entries under one mutex. The key of an entry is the call's
 * address and all its headers: with them the caller's Authorization, so that nobody gets
 * what only another caller may see. An entry is in one of three states:
 *
 *	free		its key is NULL
 *	asking		one thread makes the request, without the mutex; other threads that
 *			want the same wait for it
 *	answered	its result is given to all calls for it until it expires
 *
 * A failure is kept like an answer, so that a server which is down is not asked by each
 * request. A body of more than BODY_MAX bytes is not kept: each thread that has waited for
 * it then makes a request of its own.
 *
 * A thread that has to wait, for its own request or for another thread's, first takes a
 * slot of remote_wait_begin(). That can block for two seconds. So it is called without the
 * mutex, and the entry is looked up again after it. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/must.h"
#include "remote/internal.h"

#define ENTRIES    512
#define KEY_MAX    ((size_t)64 << 10)
#define BODY_MAX   ((size_t)256 << 10)
#define BODIES_MAX ((size_t)16 << 20) /* bytes of all bodies together */

struct entry {
	char *key;
	bool asking;
	unsigned readers; /* threads that wait for the answer: keep it for them */
	int64_t until;    /* ticks at which it expires */
	enum result result;
	struct err err;
	struct arena *arena; /* of the answer; NULL: it is not kept */
	struct remote_answer answer;
};

struct remote_cache {
	pthread_mutex_t mutex;
	pthread_cond_t answered;
	size_t bytes; /* of all bodies */
	struct entry entries[ENTRIES];
};

/* One call of remote_get_cached(). */
struct lookup {
	struct remote *rm;
	struct arena *arena;
	const struct remote_call *call;
	const char *key;   /* NULL: too long to be kept */
	struct entry *own; /* to be filled by this thread's request; NULL: none */
	bool has_slot;     /* remote_wait_end() is due */
	enum result result;
	struct remote_answer *out;
	struct err *err;
};

struct remote_cache *
remote_cache_new(void)
{
	struct remote_cache *c = must_alloc(1, sizeof(*c));

	(void)pthread_mutex_init(&c->mutex, NULL);
	(void)pthread_cond_init(&c->answered, NULL);
	return c;
}

static void
clear(struct remote_cache *c, struct entry *e)
{
	c->bytes -= e->answer.body.n;
	arena_free(e->arena);
	free(e->key);
	memset(e, 0, sizeof(*e));
}

void
remote_cache_free(struct remote_cache *c)
{
	size_t i;

	for (i = 0; i < ENTRIES; i++)
		clear(c, &c->entries[i]);
	(void)pthread_cond_destroy(&c->answered);
	(void)pthread_mutex_destroy(&c->mutex);
	free(c);
}

/* ---- entries ---- */

/* Address and headers, a line each, so that no two calls have the same key:
 * transfer_set_call() refuses a header with a line break. */
static const char *
key_of(struct arena *a, const struct remote_call *call)
{
	const char *const *h;
	struct buf b;

	buf_init(&b, a, KEY_MAX);
	buf_adds(&b, call->url);
	for (h = call->headers; h != NULL && *h != NULL; h++) {
		buf_addc(&b, '\n');
		buf_adds(&b, *h);
	}
	return b.full ? NULL : buf_str(&b).p;
}

static struct str
copy(struct arena *a, struct str s)
{
	return str_make(arena_strndup(a, s.n == 0 ? "" : s.p, s.n), s.n);
}

static void
copy_answer(
    struct arena *a, const struct remote_answer *from, struct remote_answer *to)
{
	size_t i;

	to->status = from->status;
	to->body = copy(a, from->body);
	for (i = 0; i < REMOTE_CAPTURES; i++)
		if (from->captured[i].n > 0)
			to->captured[i] = copy(a, from->captured[i]);
}

static bool
is_in_use(const struct entry *e)
{
	return e->asking || e->readers > 0;
}

/* The entry of the key. If there is none, a free one for it: the one that expires first is
 * cleared if all are taken. NULL: all are in use. Clears what has expired. */
static struct entry *
find(struct remote_cache *c, const char *key)
{
	struct entry *unused = NULL, *oldest = NULL;
	size_t i;

	for (i = 0; i < ENTRIES; i++) {
		struct entry *e = &c->entries[i];

		if (e->key != NULL && !is_in_use(e) && clock_ticks() >= e->until)
			clear(c, e);
		if (e->key == NULL)
			unused = e;
		else if (strcmp(e->key, key) == 0)
			return e;
		else if (!is_in_use(e) &&
			 (oldest == NULL || e->until < oldest->until))
			oldest = e;
	}
	if (unused == NULL && oldest != NULL) {
		clear(c, oldest);
		unused = oldest;
	}
	return unused;
}

/* ---- one call (the functions of this part are called with the mutex held) ---- */

/* The entry for the call, or NULL. *must_wait: there is no answer yet. */
static struct entry *
look_up(const struct lookup *l, bool *must_wait)
{
	struct entry *e = l->key == NULL ? NULL : find(l->rm->cache, l->key);

	*must_wait = e == NULL || e->key == NULL || e->asking;
	return e;
}

/* Reads the entry, once it is answered. False: its body was too large to be kept. */
static bool
read_entry(struct lookup *l, struct entry *e)
{
	struct remote_cache *c = l->rm->cache;

	e->readers++;
	while (e->asking)
		(void)pthread_cond_wait(&c->answered, &c->mutex);
	e->readers--;
	l->result = e->result;
	if (e->result != RC_OK) {
		*l->err = e->err;
		return true;
	}
	if (e->arena == NULL)
		return false;
	copy_answer(l->arena, &e->answer, l->out);
	return true;
}

/* Returns true when l->result is known: from the cache, by another thread's request, or
 * because too many threads wait. False: this thread has to make the request. */
static bool
read_cache(struct lookup *l)
{
	struct remote_cache *c = l->rm->cache;
	bool must_wait;
	struct entry *e = look_up(l, &must_wait);

	if (must_wait) {
		(void)pthread_mutex_unlock(&c->mutex);
		l->result = remote_wait_begin(l->rm, l->err);
		(void)pthread_mutex_lock(&c->mutex);
		l->has_slot = l->result == RC_OK;
		if (!l->has_slot)
			return true;
		/* Without the mutex the entry may have been filled or cleared. */
		e = look_up(l, &must_wait);
	}
	if (e == NULL)
		return false;
	if (e->key != NULL)
		return read_entry(l, e);
	e->key = must_have(strdup(l->key));
	e->asking = true;
	l->own = e;
	return false;
}

static int64_t
expiry(const struct lookup *l)
{
	const struct remote_ttl *ttl = l->call->ttl;

	if (l->result != RC_OK)
		return clock_ticks() + ttl->unreachable_ms;
	return clock_ticks() + (l->out->status < 300 ? ttl->ok_ms : ttl->error_ms);
}

/* Moves the result of this thread's request, and the copy of its answer, into its entry.
 * kept: NULL if there is no answer or it is too large. */
static void
fill_entry(
    const struct lookup *l, struct arena *kept, const struct remote_answer *answer)
{
	struct remote_cache *c = l->rm->cache;
	struct entry *e = l->own;

	/* No other answer is removed to make room: all of them expire soon. */
	if (kept != NULL && c->bytes + answer->body.n > BODIES_MAX) {
		arena_free(kept);
		kept = NULL;
	}
	e->asking = false;
	e->result = l->result;
	e->arena = kept;
	if (kept != NULL) {
		e->answer = *answer;
		c->bytes += answer->body.n;
	}
	if (l->result != RC_OK)
		e->err = *l->err;
	/* What is not kept expires at once, but stays for the threads that wait for it. */
	e->until = kept == NULL && l->result == RC_OK ? 0 : expiry(l);
	(void)pthread_cond_broadcast(&c->answered);
}

/* ---- for the room's callers ---- */

static void
publish(const struct lookup *l)
{
	struct remote_cache *c = l->rm->cache;
	struct remote_answer answer = {.status = 0};
	struct arena *kept = NULL;

	/* The copy can be large, so it is made before the mutex is taken. */
	if (l->result == RC_OK && l->out->body.n <= BODY_MAX) {
		kept = arena_new();
		copy_answer(kept, l->out, &answer);
	}
	(void)pthread_mutex_lock(&c->mutex);
	fill_entry(l, kept, &answer);
	(void)pthread_mutex_unlock(&c->mutex);
}

enum result
remote_get_cached(struct remote *rm, struct arena *a,
    const struct remote_call *call, struct remote_answer *out, struct err *err)
{
	struct lookup l = {.rm = rm,
	    .arena = a,
	    .call = call,
	    .key = key_of(a, call),
	    .out = out,
	    .err = err};
	bool known;

	*out = (struct remote_answer){.status = 0};
	(void)pthread_mutex_lock(&rm->cache->mutex);
	known = read_cache(&l);
	(void)pthread_mutex_unlock(&rm->cache->mutex);
	if (!known)
		l.result = l.has_slot ? remote_get_in_slot(rm, a, call, out, err)
				      : remote_get(rm, a, call, out, err);
	if (l.own != NULL)
		publish(&l);
	if (l.has_slot)
		remote_wait_end(rm);
	return l.result;
}
