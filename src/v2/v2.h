/* v2.h: what the resources of API v2 share. */
#ifndef V2_V2_H
#define V2_V2_H

#include <stdbool.h>
#include <stddef.h>

#include "http/reply.h"
#include "http/request.h"
#include "image/digest.h"

/* Tokens are API v1's: where they are asked for, this API, which has no way to show one, is
 * not there. RC_NO_ROUTE. */
enum result v2_admit(struct request *rq);

/* The header of every answer: docker manifest, for one, wants to see it. */
void v2_headers(struct request *rq, struct reply *rp);

/* The names that the route caught: arg 0 is the repository, arg 1 a digest.
 * RC_BAD_NAME, RC_BAD_DIGEST. */
enum result v2_name_arg(struct request *rq, const char **out);
enum result v2_digest_arg(struct request *rq, struct digest *out);

/* A parameter of the query; p NULL without it. It holds no NUL. RC_BAD_REQUEST. */
enum result v2_query(struct request *rq, const char *name, struct str *out);

/* A value as it stands in a query (RFC 3986, section 2.3). */
const char *v2_encode(struct request *rq, struct str value);

/* What is not there, for the error's detail: the repository of arg 0, or with a
 * reference (else "") what was looked for in it; of one that is too long to be one,
 * the front. */
void v2_unknown(struct request *rq, struct str reference);

/* The strong tag of content: its digest in quotes. */
const char *v2_etag(struct arena *a, const struct digest *d);

/* The answer is about this content: Docker-Content-Digest, and the ETag that goes with
 * it. */
void v2_is(struct reply *rp, const struct digest *d);

/* For GET and HEAD, after v2_is(): does the client want the content? *wanted is false
 * if the client has it already; then the reply is 304. RC_CONDITION. */
enum result v2_if_wanted(struct request *rq, struct reply *rp, bool *wanted);

/* Content under its digest never changes and may be kept for a year. */
void v2_immutable(struct reply *rp);

/* Sets Location: what the reply is about is found at this path. */
void v2_at(const struct request *rq, struct reply *rp, const char *path);

/* The same for a blob of the repository, with Docker-Content-Digest. */
void v2_at_blob(const struct request *rq, struct reply *rp, const char *name,
    const struct digest *d);

/* Which part of a list was asked for (?n=, ?last=). RC_BAD_PAGE: n is no number. */
struct v2_page {
	bool limited;     /* the client gave n */
	size_t most;      /* n, or `usual`; at most V2_PAGE_MAX */
	struct str after; /* last; "" without it */
};
#define V2_PAGE_MAX 10000
enum result v2_page(struct request *rq, size_t usual, struct v2_page *out);

/* Link (RFC 8288): the next page begins behind `last`. more: parameters to keep, ready
 * for a query, with & before each; "" for none. */
void v2_next_page(struct request *rq, struct reply *rp, const char *path,
    const char *last, size_t most, const char *more);

#endif
