/* private.h: what remote.h leaves open. Seen by this room alone. */
#ifndef REMOTE_PRIVATE_H
#define REMOTE_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "remote/client.h"

#define REMOTE_IDLE 32 /* handles, each with its connections, kept for later */

struct memory;
struct streams;

struct remote {
	struct remote_options options; /* without zeros */
	pthread_mutex_t mutex;
	CURL *idle[REMOTE_IDLE];
	size_t n_idle;
	unsigned waiting, queued; /* threads, under the mutex */
	pthread_cond_t left;      /* one that waited is through */
	atomic_bool ending;
	struct memory *memory;
	struct streams *streams;
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

/* memory.c */
struct memory *memory_new(void);
void memory_free(struct memory *m);

/* For CURLOPT_XFERINFOFUNCTION, of a struct remote: libcurl calls it at least once a
 * second while it waits. */
int remote_look_up(
    void *rm, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d);

/* stream.c: free waits for what runs. */
struct streams *streams_new(void);
void streams_free(struct streams *s);

#endif
