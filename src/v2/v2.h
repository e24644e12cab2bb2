/* v2.h: what the resources of API v2 share. Private to this room. */
#ifndef V2_V2_H
#define V2_V2_H

#include <stdbool.h>
#include <stddef.h>

#include "api/call.h"
#include "image/digest.h"

/* The only tokens are those of API v1, and API v2 has no way to show one: so it is hidden
 * in a registry that asks for tokens. RC_NO_ROUTE. */
enum result v2_authenticate(struct call *c);

/* Reads the repository of the path. RC_BAD_NAME. */
enum result v2_read_name(struct call *c, struct str text);

/* The header of every answer: docker manifest, for one, requires it. */
void v2_headers(struct call *c);

/* Reads a parameter of the query; p NULL without it. RC_BAD_REQUEST, also if it holds a
 * NUL. */
enum result v2_query(struct call *c, const char *name, struct str *out);

/* A value as it is written in a query (RFC 3986, section 2.3). */
const char *v2_encode_query(struct call *c, struct str value);

/* Sets c->detail: what is not there is the repository of the path, or in it the reference
 * (if it is not empty). A reference that is too long to be one is cut. */
void v2_set_unknown_detail(struct call *c, struct str reference);

/* The strong tag of content: its digest in quotes. */
const char *v2_etag(struct arena *a, const struct digest *d);

/* Sets Docker-Content-Digest and ETag: the reply is about the content with this digest. */
void v2_set_digest(struct reply *rp, const struct digest *d);

/* For GET and HEAD, after v2_set_digest(): checks the conditions of the client. *wanted is
 * false if the client has the content; then the reply is 304. RC_CONDITION. */
enum result v2_check_condition(struct call *c, bool *wanted);

/* Content under its digest never changes and may be cached for a year. */
void v2_set_immutable(struct reply *rp);

/* Sets Location to this path of the registry. */
void v2_set_location(struct call *c, const char *path);

/* Sets Location to a blob of the repository of the path, and Docker-Content-Digest. */
void v2_set_blob_location(struct call *c, const struct digest *d);

/* The page of a list that the client wants (?n=, ?last=). */
struct v2_page {
	bool limited;     /* the client gave n */
	size_t limit;     /* n, or the usual number; at most V2_PAGE_MAX */
	struct str after; /* last; "" without it */
};
#define V2_PAGE_MAX 10000

/* RC_BAD_PAGE: n is not a number. */
enum result v2_read_page(struct call *c, size_t usual, struct v2_page *out);

/* Sets Link (RFC 8288) to the next page of the list at `path`: at most `limit` entries after
 * `last`. more: parameters to keep, ready for a query, with & before each; "" for none. */
struct v2_next {
	const char *path, *last, *more;
	size_t limit;
};
void v2_set_next_link(struct call *c, const struct v2_next *next);

#endif
