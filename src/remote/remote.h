/* remote.h: calls that berth makes to other servers, over HTTP and HTTPS.
 *
 * A struct remote belongs to a process and serves all its threads; create it after
 * fork(). It keeps connections open between calls. Redirects are followed within http
 * and https, at most a few, and never with the Authorization of another host; to a
 * private address, or from https to http, only where trust_redirects is set.
 * Certificates are verified.
 *
 * RC_UPSTREAM: no answer could be had (no connection, a timeout, closed half-way, more
 * bytes than the limit, no HTTP); err says which, with the address but without any
 * password in it. An answer of any status is RC_OK. RC_BUSY: too many threads wait for
 * answers already, and none of them was through within two seconds. */
#ifndef REMOTE_REMOTE_H
#define REMOTE_REMOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct remote;

/* Times in milliseconds. */
struct remote_options {
	unsigned connect_ms; /* until a connection stands; 0: 5000 */
	unsigned answer_ms;  /* a whole small answer; 0: 15000 */
	unsigned silence_ms; /* that a stream may bring next to nothing; 0: 60000 */
	unsigned waiting; /* threads that may wait for an answer at once; 0: any */
	bool trust_redirects; /* follow all of them, over http and https */
};

struct remote *remote_new(const struct remote_options *options);

/* Calls and fetches that run end with RC_UPSTREAM within a second or two, and none begins
 * any more. */
void remote_give_up(struct remote *rm);

/* The same, and waits for the fetches' ends. NULL is fine; no call may be running. */
void remote_free(struct remote *rm);

#define REMOTE_CAPTURES 8

struct remote_call {
	const char *url;
	const char *const
	    *headers; /* "Name: value" each, NULL behind the last; NULL */
	size_t limit; /* bytes of the answer's body */
	const char *const
	    *capture; /* names of headers wanted; NULL behind the last; NULL */
};

struct remote_answer {
	int status;
	struct str body;
	struct str captured
	    [REMOTE_CAPTURES]; /* in the order of `capture`; empty: none came */
};

/* GET. The answer lives in the arena. */
enum result remote_get(struct remote *rm, struct arena *a,
    const struct remote_call *call, struct remote_answer *out, struct err *err);

/* The same, remembered: whoever asks the same (address and headers) within the time is
 * given the same, also a RC_UPSTREAM; while one asks, others of the process wait for its
 * answer. */
struct remote_ttl {
	unsigned ok_ms;          /* of a status below 300 */
	unsigned error_ms;       /* of any other */
	unsigned unreachable_ms; /* of RC_UPSTREAM */
};
enum result remote_get_cached(struct remote *rm, struct arena *a,
    const struct remote_call *call, const struct remote_ttl *memory,
    struct remote_answer *out, struct err *err);

/* A large body in pieces, on a thread of the remote's own: GET. Called there, one after
 * another: begin once, with the answer's head (length -1: not told), take for each piece,
 * end exactly once, whatever happened, last. begin or take returning false ends it with
 * RC_CLIENT_GONE. end: RC_OK only when the body came whole, as far as its length or its chunks
 * tell; `whole` is false where neither told. limit of the call counts. */
struct remote_stream {
	bool (*begin)(void *arg, const struct remote_answer *head, int64_t length);
	bool (*take)(void *arg, const char *p, size_t n);
	void (*end)(void *arg, enum result r, bool whole, const struct err *err);
	void *arg;
};

/* Returns when the thread runs; the call's texts are copied. RC_BUSY: too many run
 * already; end is not called then. */
enum result remote_fetch(struct remote *rm, const struct remote_call *call,
    const struct remote_stream *stream, struct err *err);

/* Some have not come to their end. */
bool remote_is_fetching(struct remote *rm);

#endif
