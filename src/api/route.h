/* route.h: an API's table of contents, a row an endpoint.
 *
 *	{"PUT", "/v1/images/:image/layer", v1_put_layer, .body = BODY_FILE}
 *
 * A pattern's parts are words, ":name" (one part of the path), "*name" (one or more,
 * handed over with their slashes), "*name{2}" (exactly two) or "*name{2,}" (two or more);
 * at most one with "*" in a pattern. A pattern that ends in "/" fits only paths that do,
 * any other fits both. The first row whose pattern fits the path names the resource: rows
 * for more special paths stand first. HEAD is answered by GET's row, OPTIONS by the
 * table. */
#ifndef API_ROUTE_H
#define API_ROUTE_H

#include <stddef.h>

#include "base/err.h"
#include "http/reply.h"
#include "http/request.h"

enum body_kind {
	BODY_NONE,  /* ignored if there is one */
	BODY_SMALL, /* read into rq->body before the handler runs */
	BODY_FILE   /* nginx put it into rq->body_file */
};

enum permission { /* what the caller must be allowed to */
	MAY_ANYTHING,
	MAY_PULL,
	MAY_PUSH,
	MAY_DELETE
};

/* The memory in bytes that a request may need. If it may be more than WORKLIMIT_FREE, the
 * request takes a seat (registry/worklimit.h) before its body is read. */
struct cost {
	size_t fixed;      /* for any body */
	unsigned per_byte; /* added for each byte of a small body */
	size_t limit;      /* of both together */
	bool
	    late; /* the verb takes the seat, once it knows that there is work to do */
};

typedef enum result handler_fn(struct request *rq, struct reply *rp);

struct route {
	const char *method;
	const char *pattern;
	handler_fn *handler;
	enum permission permission;
	enum body_kind body;
	size_t limit;      /* of a small body, bytes */
	handler_fn *check; /* may a file come at all? Asked before a byte is read */
	struct cost cost;
	/* A call of docker's index, not of a registry: it asks for no token, and berth answers
	 * it only if it is its own index (`standalone`). */
	bool index_call;
	/* The row answers only its own method. With another method the path belongs to
	 * a row further down. */
	bool own_method;
};

/* An API: its table, and how it says that something went wrong. */
struct api {
	/* The first part of the paths that it answers; NULL: it answers all others. */
	const char *first;
	const struct route *routes;
	size_t n_routes;
	/* Must the API be hidden from this client? NULL: from none. */
	bool (*hidden)(const struct request *rq);
	void (*headers)(struct request *rq, struct reply *rp); /* of every reply */
	enum result (*admit)(struct request *rq); /* may this caller do this? */
	void (*fail)(struct request *rq, struct reply *rp, enum result r);
};

/* The memory that a request for this row may need, with a body of `length` bytes; -1:
 * the length is not known. */
size_t route_cost(const struct route *route, int64_t length);

/* The row for the request, with rq->arg filled in. NULL: *allow is the list of
 * methods of the path ("GET, HEAD, OPTIONS"), or NULL where no pattern fits. */
const struct route *route_find(
    const struct api *api, struct request *rq, const char **allow);

#endif
