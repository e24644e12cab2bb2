/* request.h: a request as a value. Whoever made it (the FastCGI adapter, a test)
 * owns what it points to; all of it lives as long as the arena. */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "http/target.h"

#define REQUEST_ARGS            4
#define REQUEST_PRECHECK_HEADER "X-Berth-Note"

struct caller;
struct cors;
struct registry;
struct route;

struct header {
	const char *name; /* in any case, with "-" or "_" */
	size_t name_len;
	const char *value;
};

struct request {
	struct arena *arena;
	struct registry *registry;
	const struct cors *cors;    /* NULL: off */
	const char *const *proxies; /* trusted ones, address.h; NULL: none */
	const void *options; /* of the API: v1 hands itself its struct v1_options */

	const char *id; /* the request's own, for the log and the client */
	const char *method;
	const struct route *route; /* the row that was found; NULL before */
	struct str target_text;    /* as the client sent it */
	struct target target;
	struct str arg[REQUEST_ARGS]; /* what the route's pattern caught */
	const struct caller *caller;  /* who was let in; NULL before */
	const struct header *headers;
	size_t n_headers;
	const char *peer; /* its address, as nginx sees it; NULL: not known */
	bool https;       /* the connection from there to nginx is TLS */

	int64_t length;        /* Content-Length; -1: none given */
	const char *body_file; /* nginx put the body there; NULL: it did not */
	const char *
	    note; /* from the check before the body came (REQUEST_PRECHECK_HEADER of
				* its reply); NULL: none */
	struct str body; /* of a route with BODY_SMALL; empty otherwise */

	/* Reads a small body into the arena. RC_TOO_LARGE above limit, RC_CLIENT_GONE. */
	enum result (*read_body)(struct request *rq, size_t limit, struct str *out);
	void *reader; /* its own */

	/* Why the request failed: for the log; and as JSON for a client that can read
	 * it, which may be empty. */
	struct err err;
	struct str detail;
};

/* What the verbs work with on behalf of the request, a const struct task *
 * (registry/task.h), until the enclosing block ends. */
#define request_task(rq) \
	(&(const struct task){.reg = (rq)->registry, \
	    .caller = (rq)->caller, \
	    .request_id = (rq)->id, \
	    .arena = (rq)->arena, \
	    .err = &(rq)->err})

/* The value of the first header of this name; the empty str without it. */
struct str request_header(const struct request *rq, const char *name);

/* The first of this name from *at on, which begins at 0; nginx hands each line on by
 * itself. False: there is none. */
bool request_next_header(
    const struct request *rq, const char *name, size_t *at, struct str *value);
bool request_has_header(const struct request *rq, const char *name);

/* Does it carry credentials: a password, a token, a signature or a cookie? */
bool request_has_credentials(const struct request *rq);

#endif
