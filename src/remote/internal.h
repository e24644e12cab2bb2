/* internal.h: what remote.h leaves open. Private to this room. */
#ifndef REMOTE_INTERNAL_H
#define REMOTE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "remote/transfer.h"

#define REMOTE_IDLE 32 /* handles, each with its connections, kept for later */

struct remote_cache;
struct remote_streams;

struct remote {
	struct remote_options options; /* without zeros */
	pthread_mutex_t mutex;
	CURL *idle[REMOTE_IDLE];
	size_t n_idle;
	unsigned waiting, queued; /* threads, under the mutex */
	pthread_cond_t left;      /* one that waited is through */
	atomic_bool ending;
	struct remote_cache *memory;
	struct remote_streams *streams;
};

/* Around each wait for an answer: of options.waiting, and as many wait a moment for one of
 * them to be through. RC_BUSY: too many. */
enum result remote_wait_begin(struct remote *rm, struct err *err);
void remote_wait_end(struct remote *rm);

/* remote_get(), within such a wait. */
enum result remote_get_waiting(struct remote *rm, struct arena *a,
    const struct remote_call *call, struct remote_answer *out, struct err *err);

/* A handle that nobody else uses, with its connections; given back, it is as new but for
 * those. */
CURL *remote_borrow(struct remote *rm);
void remote_return(struct remote *rm, CURL *curl);

/* cache.c */
struct remote_cache *remote_cache_new(void);
void remote_cache_free(struct remote_cache *m);

/* For CURLOPT_XFERINFOFUNCTION, of a struct remote: libcurl calls it at least once a
 * second while it waits. */
int remote_abort_cb(
    void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d);

/* stream.c: free waits for what runs. */
struct remote_streams *remote_streams_new(void);
void remote_streams_free(struct remote_streams *s);

#endif
