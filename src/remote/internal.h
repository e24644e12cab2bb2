/* internal.h: what the files of this room share. Private to this room. */
#ifndef REMOTE_INTERNAL_H
#define REMOTE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "remote/transfer.h"

#define REMOTE_IDLE 32 /* unused handles that are kept, with their connections */

struct remote_cache;
struct remote_streams;

struct remote {
	struct remote_options options; /* with the defaults filled in */
	atomic_bool ending;            /* remote_give_up() was called */

	pthread_mutex_t mutex; /* protects the members up to the blank line */
	CURL *idle[REMOTE_IDLE];
	size_t n_idle;
	unsigned slots_taken, queued; /* threads, see remote_wait_begin() */
	pthread_cond_t slot_free;

	struct remote_cache *cache;
	struct remote_streams *streams;
};

/* A thread that waits for another server needs a slot: there are options.waiting_max of
 * them, so that a slow server cannot occupy all threads of the process. Where all are
 * taken, as many threads again queue for one, each for at most two seconds. RC_BUSY: no
 * slot; otherwise remote_wait_end() gives it back. */
enum result remote_wait_begin(struct remote *rm, struct err *err);
void remote_wait_end(struct remote *rm);

/* remote_get() by a thread that has a slot already. */
enum result remote_get_in_slot(struct remote *rm, struct arena *a,
    const struct remote_call *call, struct remote_answer *out, struct err *err);

/* A libcurl handle for this thread alone, set up as by transfer_new(). remote_return()
 * resets it, and keeps it with its open connections for a later call. */
CURL *remote_borrow(struct remote *rm);
void remote_return(struct remote *rm, CURL *curl);

/* transfer_perform(); remote_give_up() ends it, since libcurl asks at least once a second
 * whether to go on. */
enum result remote_perform(
    struct remote *rm, struct transfer_run *run, struct err *err);

/* cache.c */
struct remote_cache *remote_cache_new(void);
void remote_cache_free(struct remote_cache *c);

/* stream.c. Free waits for the fetches that still run. */
struct remote_streams *remote_streams_new(void);
void remote_streams_free(struct remote_streams *s);

#endif
