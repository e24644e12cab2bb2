/* remote.h: GET requests of berth to other servers, over HTTP and HTTPS.
 *
 * A struct remote belongs to a process and serves all its threads; create it after fork().
 * It keeps connections open between calls. At most five redirects are followed, to http and
 * https only. The Authorization is not sent to another host. A redirect to a private
 * address, or from https to http, is followed only if trust_redirects is set. Certificates
 * are verified.
 *
 * An answer of any status is RC_OK. RC_UPSTREAM: the server gave no usable answer (no
 * connection, a timeout, a connection closed too soon, no HTTP, more bytes than the limit);
 * err has the reason, and no password of the address. RC_BUSY: as many threads as may wait
 * for other servers do so already, and none of them was finished within two seconds. */
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
	unsigned connect_ms;  /* limit for the connection; 0: 5000 */
	unsigned answer_ms;   /* limit for a whole call of remote_get(); 0: 15000 */
	unsigned silence_ms;  /* limit for a pause within a fetch; 0: 60000 */
	unsigned waiting_max; /* threads that wait at once; 0: no limit */
	bool trust_redirects; /* follow redirects to any address */
};

struct remote *remote_new(const struct remote_options *options);

/* All running calls and fetches fail with RC_UPSTREAM within about a second, and so does
 * each later call; a later fetch with RC_BUSY. */
void remote_give_up(struct remote *rm);

/* Gives up, and waits until the fetches have ended. No call may be running. NULL is fine. */
void remote_free(struct remote *rm);

#define REMOTE_CAPTURES 8

/* How long remote_get_cached() keeps a result, in milliseconds. With 0 it is only shared
 * with threads that wait for it at the same time. */
struct remote_ttl {
	unsigned ok_ms;          /* of a status below 300 */
	unsigned error_ms;       /* of any other status */
	unsigned unreachable_ms; /* of a failure */
};

/* The lists end with NULL; a list that is NULL itself is empty. */
struct remote_call {
	const char *url;
	const char *const *headers;   /* to be sent: "Name: value" each */
	const char *const *capture;   /* names of wanted headers of the answer */
	size_t limit;                 /* bytes of the answer's body */
	const struct remote_ttl *ttl; /* for remote_get_cached() alone */
};

struct remote_answer {
	int status;
	struct str body;
	struct str captured[REMOTE_CAPTURES]; /* as in capture; empty: not sent */
};

/* The answer lives in the arena. */
enum result remote_get(struct remote *rm, struct arena *a,
    const struct remote_call *call, struct remote_answer *out, struct err *err);

/* The same with a cache: calls with the same address and headers get the same result, also
 * a failure, until it expires. While one thread makes the request, other threads of the
 * process that want the same wait for its answer. */
enum result remote_get_cached(struct remote *rm, struct arena *a,
    const struct remote_call *call, struct remote_answer *out, struct err *err);

/* Receives a large body in pieces. All three are called on the thread of the fetch:
 *
 *	begin	once, with status and headers; length is -1 if it is not announced
 *	take	for each piece
 *	end	last and exactly once, whatever happened before
 *
 * If begin or take returns false, the fetch ends with RC_STOPPED. RC_OK: no byte is known
 * to be missing. `whole` is true if that is certain, and false where only the end of the
 * connection ended the body: then it may have been cut off. */
struct remote_stream {
	bool (*begin)(void *arg, const struct remote_answer *head, int64_t length);
	bool (*take)(void *arg, const char *p, size_t n);
	void (*end)(void *arg, enum result r, bool whole, const struct err *err);
	void *arg;
};

/* Starts a fetch on a thread of its own and returns; the call is copied. RC_BUSY: too many
 * fetches run; end is not called then. */
enum result remote_fetch(struct remote *rm, const struct remote_call *call,
    const struct remote_stream *stream, struct err *err);

/* Does a fetch still run? */
bool remote_is_fetching(struct remote *rm);

#endif
