/* cache.c: answers that are remembered for a moment (remote_get_cached()). Who asks what
 * another is asking already waits for that answer. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/must.h"
#include "remote/internal.h"

#define ENTRIES 512
#define KEY_MAX ((size_t)64 << 10)
#define KEPT \
	((size_t)256 << 10) /* bytes of a body; a longer one is asked for anew */
#define KEPT_IN_ALL ((size_t)16 << 20)

struct entry {
	char *key; /* NULL: free */
	bool asking;
	unsigned waiting; /* who reads it once it is there */
	int64_t until;    /* ticks */
	enum result result;
	struct err err;
	struct arena *arena; /* of the answer; NULL: too large to keep */
	struct remote_answer answer;
};

struct remote_cache {
	pthread_mutex_t mutex;
	pthread_cond_t there;
	size_t kept; /* bytes of bodies */
	struct entry entries[ENTRIES];
};

struct remote_cache *
remote_cache_new(void)
{
	struct remote_cache *m = must_alloc(1, sizeof(*m));

	(void)pthread_mutex_init(&m->mutex, NULL);
	(void)pthread_cond_init(&m->there, NULL);
	return m;
}

static void
forget(struct remote_cache *m, struct entry *e)
{
	m->kept -= e->answer.body.n;
	arena_free(e->arena);
	free(e->key);
	memset(e, 0, sizeof(*e));
}

void
remote_cache_free(struct remote_cache *m)
{
	size_t i;

	for (i = 0; i < ENTRIES; i++)
		forget(m, &m->entries[i]);
	(void)pthread_cond_destroy(&m->there);
	(void)pthread_mutex_destroy(&m->mutex);
	free(m);
}

/* Address and headers, a line each: transfer_set_call() lets none have a line break. */
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

static void
copy_answer(
    struct arena *a, const struct remote_answer *from, struct remote_answer *to)
{
	size_t i;

	to->status = from->status;
	to->body = str_make(
	    arena_strndup(a, from->body.n == 0 ? "" : from->body.p, from->body.n),
	    from->body.n);
	for (i = 0; i < REMOTE_CAPTURES; i++)
		if (from->captured[i].n > 0)
			to->captured[i] = str_make(
			    arena_strndup(
				a, from->captured[i].p, from->captured[i].n),
			    from->captured[i].n);
}

static bool
is_fresh(const struct entry *e)
{
	return e->asking || e->waiting > 0 || clock_ticks() < e->until;
}

/* The entry of the key, or a free one for it; NULL: all are in use. */
static struct entry *
find(struct remote_cache *m, const char *key)
{
	struct entry *free_one = NULL, *oldest = NULL;
	size_t i;

	for (i = 0; i < ENTRIES; i++) {
		struct entry *e = &m->entries[i];

		if (e->key != NULL && !is_fresh(e))
			forget(m, e);
		if (e->key == NULL)
			free_one = e;
		else if (strcmp(e->key, key) == 0)
			return e;
		else if (!e->asking && e->waiting == 0 &&
			 (oldest == NULL || e->until < oldest->until))
			oldest = e;
	}
	if (free_one == NULL && oldest != NULL) {
		forget(m, oldest);
		free_one = oldest;
	}
	return free_one;
}

static unsigned
time_for(const struct remote_ttl *memory, enum result r, int status)
{
	if (r != RC_OK)
		return memory->unreachable_ms;
	return status < 300 ? memory->ok_ms : memory->error_ms;
}

/* The answer is there: for those who wait, and for a while. */
static void
remember(struct remote_cache *m, struct entry *e, const struct remote_ttl *memory,
    enum result r, const struct remote_answer *answer, const struct err *err)
{
	struct arena *a = NULL;
	struct remote_answer copy = {.status = 0};

	if (r == RC_OK && answer->body.n <= KEPT) {
		a = arena_new();
		copy_answer(a, answer, &copy);
	}
	(void)pthread_mutex_lock(&m->mutex);
	if (a != NULL && m->kept + copy.body.n > KEPT_IN_ALL) {
		arena_free(a);
		a = NULL;
		copy = (struct remote_answer){.status = 0};
	}
	m->kept += copy.body.n;
	e->asking = false;
	e->result = r;
	e->arena = a;
	e->answer = copy;
	if (r != RC_OK)
		e->err = *err;
	e->until = a == NULL && r == RC_OK
		       ? 0
		       : clock_ticks() + time_for(memory, r, answer->status);
	(void)pthread_cond_broadcast(&m->there);
	(void)pthread_mutex_unlock(&m->mutex);
}

/* Somebody else has asked; the mutex is held. False: his answer was too large to share. */
static bool
take_over(struct remote_cache *m, struct entry *e, struct arena *a,
    struct remote_answer *out, enum result *r, struct err *err)
{
	bool shared;

	e->waiting++;
	while (e->asking)
		(void)pthread_cond_wait(&m->there, &m->mutex);
	e->waiting--;
	*r = e->result;
	shared = e->result != RC_OK || e->arena != NULL;
	if (e->result != RC_OK)
		*err = e->err;
	else if (shared)
		copy_answer(a, &e->answer, out);
	return shared;
}

/* The entry of the key, if it can be had without waiting for an answer; else *must_wait. */
static struct entry *
look_up(struct remote_cache *m, const char *key, bool *must_wait)
{
	struct entry *e = key == NULL ? NULL : find(m, key);

	*must_wait = e == NULL || e->key == NULL || e->asking;
	return e;
}

/* What memory knows, or hears from another who asks: true. Else *mine is the entry to be
 * filled; NULL: none is free, or what it holds cannot be shared. *waits: this thread does,
 * within remote_wait_begin(), which is not waited for under the memory's mutex. */
static bool
recall(struct remote *rm, const char *key, struct arena *a,
    struct remote_answer *out, struct entry **mine, bool *waits, enum result *r,
    struct err *err)
{
	struct remote_cache *m = rm->memory;
	struct entry *e;
	bool known = false;

	*mine = NULL;
	*r = RC_OK;
	(void)pthread_mutex_lock(&m->mutex);
	e = look_up(m, key, waits);
	if (*waits) {
		bool still;

		(void)pthread_mutex_unlock(&m->mutex);
		*r = remote_wait_begin(rm, err);
		*waits = *r == RC_OK;
		if (!*waits)
			return true;
		(void)pthread_mutex_lock(&m->mutex);
		e = look_up(m, key, &still);
	}
	if (e != NULL && e->key != NULL) {
		known = take_over(m, e, a, out, r, err);
	} else if (e != NULL) {
		e->key = strdup(key);
		e->asking = true;
		*mine = e;
	}
	(void)pthread_mutex_unlock(&m->mutex);
	return known;
}

enum result
remote_get_cached(struct remote *rm, struct arena *a,
    const struct remote_call *call, const struct remote_ttl *memory,
    struct remote_answer *out, struct err *err)
{
	const char *key = key_of(a, call);
	struct entry *mine;
	bool waits, known;
	enum result r;

	*out = (struct remote_answer){.status = 0};
	known = recall(rm, key, a, out, &mine, &waits, &r, err);
	if (!known)
		r = waits ? remote_get_waiting(rm, a, call, out, err)
			  : remote_get(rm, a, call, out, err);
	if (mine != NULL)
		remember(rm->memory, mine, memory, r, out, err);
	if (waits)
		remote_wait_end(rm);
	return r;
}
