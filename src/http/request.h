/* request.h: a request as a value: what came over the wire. Its maker (the FastCGI adapter,
 * a test) owns what it points to; all of it lives as long as the arena. */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* nginx asks before it reads the body of an upload (auth_request), and passes this header of
 * the answer on with the body, as the request's precheck_token. */
#define REQUEST_PRECHECK_HEADER "X-Berth-Note"

struct header {
	const char *name; /* in any case, with "-" or "_" */
	size_t name_len;
	const char *value;
};

struct request {
	struct arena *arena;
	const char *id; /* for the log and the client */
	const char *method;
	struct str target; /* as the client sent it */
	const struct header *headers;
	size_t n_headers;

	bool https;    /* the connection to nginx is TLS */
	bool by_proxy; /* it comes from a trusted proxy (origin_is_trusted()) */

	int64_t length;             /* Content-Length; -1: none given */
	const char *body_file;      /* nginx put the body there; NULL: it did not */
	const char *precheck_token; /* REQUEST_PRECHECK_HEADER; NULL: none */

	/* Reads a small body into the arena. RC_TOO_LARGE above limit, RC_CLIENT_GONE. */
	enum result (*read_body)(const struct request *rq, size_t limit,
	    struct str *out, struct err *err);
	void *reader; /* for read_body */
};

/* The value of the first header of this name; the empty str without it. */
struct str request_header(const struct request *rq, const char *name);

/* Finds the next header of this name from *at on, which begins at 0; nginx passes each
 * line on by itself. False: there are no more. */
bool request_next_header(
    const struct request *rq, const char *name, size_t *at, struct str *value);
bool request_has_header(const struct request *rq, const char *name);

/* Does the request have credentials: a password, a token, a signature or a cookie? */
bool request_has_credentials(const struct request *rq);

#endif
