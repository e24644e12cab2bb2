/* remote.c: see remote.h. The libcurl handles, the slots of waiting threads, and GET with a
 * small answer; cache.c adds the cache to it, stream.c has large bodies. */
#include "remote/remote.h"

#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "base/must.h"
#include "remote/internal.h"

#define CONNECT_MS 5000
#define ANSWER_MS  15000
#define SILENCE_MS 60000
#define QUEUE_S    2 /* seconds that a thread waits for a slot */

static unsigned
or_default(unsigned value, unsigned default_value)
{
	return value == 0 ? default_value : value;
}

struct remote *
remote_new(const struct remote_options *options)
{
	struct remote *rm = must_alloc(1, sizeof(*rm));
	pthread_condattr_t attr;

	transfer_init();
	if (options != NULL)
		rm->options = *options;
	rm->options.connect_ms = or_default(rm->options.connect_ms, CONNECT_MS);
	rm->options.answer_ms = or_default(rm->options.answer_ms, ANSWER_MS);
	rm->options.silence_ms = or_default(rm->options.silence_ms, SILENCE_MS);
	(void)pthread_mutex_init(&rm->mutex, NULL);
	(void)pthread_condattr_init(&attr);
	/* So that a change of the system's time does not change the two seconds. */
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&rm->slot_free, &attr);
	(void)pthread_condattr_destroy(&attr);
	rm->cache = remote_cache_new();
	rm->streams = remote_streams_new();
	return rm;
}

void
remote_give_up(struct remote *rm)
{
	atomic_store(&rm->ending, true);
}

void
remote_free(struct remote *rm)
{
	if (rm == NULL)
		return;
	remote_give_up(rm);
	remote_streams_free(rm->streams);
	remote_cache_free(rm->cache);
	while (rm->n_idle > 0)
		curl_easy_cleanup(rm->idle[--rm->n_idle]);
	(void)pthread_cond_destroy(&rm->slot_free);
	(void)pthread_mutex_destroy(&rm->mutex);
	free(rm);
}

CURL *
remote_borrow(struct remote *rm)
{
	CURL *curl = NULL;

	(void)pthread_mutex_lock(&rm->mutex);
	if (rm->n_idle > 0)
		curl = rm->idle[--rm->n_idle];
	(void)pthread_mutex_unlock(&rm->mutex);
	if (curl == NULL) /* as many handles as there are calls at once */
		return transfer_new(&rm->options);
	transfer_set_up(curl, &rm->options);
	return curl;
}

void
remote_return(struct remote *rm, CURL *curl)
{
	curl_easy_reset(curl); /* its connections stay open */
	(void)pthread_mutex_lock(&rm->mutex);
	if (rm->n_idle < REMOTE_IDLE) {
		rm->idle[rm->n_idle++] = curl;
		curl = NULL;
	}
	(void)pthread_mutex_unlock(&rm->mutex);
	if (curl != NULL)
		curl_easy_cleanup(curl);
}

/* ---- slots ---- */

/* Waits until a slot is free, or for QUEUE_S. Called with the mutex held. */
static void
queue_for_slot(struct remote *rm)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += QUEUE_S;
	rm->queued++;
	while (rm->slots_taken >= rm->options.waiting_max &&
	       pthread_cond_timedwait(&rm->slot_free, &rm->mutex, &until) == 0)
		;
	rm->queued--;
}

enum result
remote_wait_begin(struct remote *rm, struct err *err)
{
	unsigned limit = rm->options.waiting_max;
	bool is_free;

	(void)pthread_mutex_lock(&rm->mutex);
	if (limit > 0 && rm->slots_taken >= limit && rm->queued < limit)
		queue_for_slot(rm);
	is_free = limit == 0 || rm->slots_taken < limit;
	rm->slots_taken += is_free;
	(void)pthread_mutex_unlock(&rm->mutex);
	if (!is_free)
		return err_set(err, RC_BUSY,
		    "%u requests of this process wait for other servers already, "
		    "which is the limit",
		    limit);
	return RC_OK;
}

void
remote_wait_end(struct remote *rm)
{
	(void)pthread_mutex_lock(&rm->mutex);
	rm->slots_taken--;
	(void)pthread_cond_signal(&rm->slot_free);
	(void)pthread_mutex_unlock(&rm->mutex);
}

/* ---- one call ---- */

/* For CURLOPT_XFERINFOFUNCTION; the arguments after the first are progress in bytes. */
static int
on_progress(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	struct remote *rm = arg;

	(void)a, (void)b, (void)c, (void)d;
	return atomic_load(&rm->ending) ? 1 : 0;
}

enum result
remote_perform(struct remote *rm, struct transfer_run *run, struct err *err)
{
	(void)curl_easy_setopt(run->curl, CURLOPT_XFERINFOFUNCTION, on_progress);
	(void)curl_easy_setopt(run->curl, CURLOPT_XFERINFODATA, rm);
	(void)curl_easy_setopt(run->curl, CURLOPT_NOPROGRESS, 0L);
	return transfer_perform(run, &rm->options, err);
}

/* ---- a small answer ---- */

struct get {
	struct transfer_run run;
	struct buf body;
};

static size_t
on_header(char *p, size_t size, size_t n, void *arg)
{
	struct get *g = arg;

	transfer_take_header(&g->run, transfer_line(p, size * n));
	return size * n;
}

static size_t
on_body(char *p, size_t size, size_t n, void *arg)
{
	struct get *g = arg;

	buf_add(&g->body, p, size * n);
	return g->body.full ? 0 : size * n;
}

static enum result
perform(struct remote *rm, struct get *g, struct err *err)
{
	CURL *curl = g->run.curl;
	enum result r;
	long status = 0;

	/* The whole answer is read while a client waits, so the whole call has a limit. */
	(void)curl_easy_setopt(
	    curl, CURLOPT_TIMEOUT_MS, (long)rm->options.answer_ms);
	r = remote_perform(rm, &g->run, err);
	if (g->body.full)
		return err_set(err, RC_UPSTREAM,
		    "the answer is larger than the limit of %zu bytes",
		    g->body.limit);
	if (r != RC_OK)
		return r;
	(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	g->run.out->status = (int)status;
	g->run.out->body = buf_str(&g->body);
	return RC_OK;
}

enum result
remote_get_in_slot(struct remote *rm, struct arena *a,
    const struct remote_call *call, struct remote_answer *out, struct err *err)
{
	CURL *curl = remote_borrow(rm);
	struct get g = {.run = {.curl = curl,
			    .arena = a,
			    .call = call,
			    .out = out,
			    .on_header = on_header,
			    .on_body = on_body,
			    .arg = &g}};
	struct curl_slist *list;
	enum result r;

	buf_init(&g.body, a, call->limit);
	r = transfer_set_call(curl, call, &list, err);
	if (r == RC_OK)
		r = perform(rm, &g, err);
	remote_return(rm, curl);
	curl_slist_free_all(list);
	return r;
}

enum result
remote_get(struct remote *rm, struct arena *a, const struct remote_call *call,
    struct remote_answer *out, struct err *err)
{
	enum result r = remote_wait_begin(rm, err);

	*out = (struct remote_answer){.status = 0};
	if (r != RC_OK)
		return r;
	r = remote_get_in_slot(rm, a, call, out, err);
	remote_wait_end(rm);
	return r;
}
