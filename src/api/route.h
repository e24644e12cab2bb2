/* route.h: the table of contents of an API, a row for each endpoint.
 *
 *	{"PUT", "/v1/images/:image/layer", v1_put_layer, .body = BODY_FILE}
 *
 * A pattern's parts are words, ":kind" (one part of the path), "*name" (one part or more,
 * with the slashes between them), "*name{2}" (exactly two) or "*name{2,}" (two or more);
 * a pattern has at most one "*". api/args.h says which kinds there are. A pattern that ends
 * in "/" fits only paths that do, any other fits both. The first row whose pattern fits the
 * path names the resource: rows for more special paths come first. HEAD is answered by the
 * row of GET, OPTIONS by the table.
 *
 * The path of a request, in serve/dispatch.c:
 *
 *	the API		by the first part of the path
 *	the row		route_find()
 *	the site	site_admit(): a page of another site may not change anything
 *	authenticate	each API's way to read who calls
 *	the repository	args_read_repository()
 *	authorize	api_authorize(), one rule for all APIs; then may_see
 *	limits		api_check_limits()
 *	the arguments	args_read()
 *	the body	a small one is read, a file is there
 *	the handler
 */
#ifndef API_ROUTE_H
#define API_ROUTE_H

#include <stddef.h>

#include "base/err.h"
#include "http/request.h"

struct call;

enum body_kind {
	BODY_NONE,  /* ignored if there is one */
	BODY_SMALL, /* read into c->body before the handler runs */
	BODY_FILE   /* nginx puts it into rq->body_file */
};

/* What the caller must be allowed to do (authorize.h). MAY_ANYTHING: everybody may call
 * this. */
enum permission { MAY_ANYTHING, MAY_PULL, MAY_PUSH, MAY_DELETE };

/* The memory in bytes that a request may need. If it may be more than WORKLIMIT_FREE, it is
 * reserved (registry/worklimit.h) before the body is read. */
struct cost {
	size_t fixed;      /* for any body */
	unsigned per_byte; /* added for each byte of a small body */
	size_t limit;      /* of both together */
	/* the verb reserves it, when it knows that there is work to do */
	bool late;
};

/* Makes the reply, or returns why there is none. */
typedef enum result handler_fn(struct call *c);

struct route {
	const char *method;
	const char *pattern;
	handler_fn *handler;
	enum permission permission;
	enum body_kind body;
	size_t limit;      /* of a small body, bytes */
	handler_fn *check; /* of a file: asked before nginx reads the body */
	struct cost cost;
	/* A call of docker's index, not of a registry: it asks for no token, and berth answers
	 * it only if it is its own index (`standalone`). */
	bool index_call;
	/* The row answers only its own method. With another method the path belongs to
	 * a row further down. */
	bool own_method;
};

/* An API: its table, and its own ways. */
struct api {
	/* The first part of the paths that it answers. The last API of serve's list has
	 * NULL: it answers all other paths. */
	const char *first;
	const struct route *routes;
	size_t n_routes;

	/* Must the API be hidden from this client? NULL: from none. */
	bool (*hidden)(const struct call *c);
	void (*headers)(struct call *c); /* of every reply */

	/* Reads into c->caller who the client says to be. RC_NO_ROUTE: the API does not
	 * answer this here. NULL: nobody in particular. */
	enum result (*authenticate)(struct call *c);

	/* Reads the repository of a path into c->args. NULL: no row has one. */
	enum result (*read_name)(struct call *c, struct str text);

	/* Is the repository of the path hidden from this caller? RC_OK: no. NULL: none
	 * is. */
	enum result (*may_see)(struct call *c);

	/* Makes the reply for a result that is not RC_OK. */
	void (*fail)(struct call *c, enum result r);
};

/* The memory that a request for this row may need, with a body of `length` bytes; -1:
 * the length is not known. */
size_t route_cost(const struct route *route, int64_t length);

/* The row for the request, with c->args.word filled in. NULL: *allow is the list of
 * methods of the path ("GET, HEAD, OPTIONS"), or NULL where no pattern fits. Needs
 * c->target. */
const struct route *route_find(
    const struct api *api, struct call *c, const char **allow);

#endif
