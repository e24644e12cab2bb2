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
	struct memory *memory;
	struct streams *streams;
};

/* A handle that nobody else uses, with its connections; given back, it is as new but for
 * those. */
CURL *remote_borrow(struct remote *rm);
void remote_return(struct remote *rm, CURL *curl);

/* memory.c */
struct memory *memory_new(void);
void memory_free(struct memory *m);

/* stream.c: free ends what runs. */
struct streams *streams_new(void);
void streams_free(struct streams *s);

#endif
