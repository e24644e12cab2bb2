/* args.h: the arguments in a path, read by kind.
 *
 *	in the pattern	is				and fails with
 *	*name		a repository, by the API's rules	RC_BAD_NAME
 *	:image		the id of an image, for API v1	RC_BAD_ID
 *	:tag		a tag, by the rules of API v1	RC_BAD_NAME
 *	:digest		the digest of a blob		RC_BAD_DIGEST, RC_OTHER_DIGEST
 *	:subject	the same, of any algorithm	RC_BAD_DIGEST
 *	:upload, :reference, :user			(as the client wrote them)
 */
#ifndef API_ARGS_H
#define API_ARGS_H

#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "image/digest.h"
#include "image/v1name.h"

#define ARGS_MAX 4 /* in a pattern */

struct api;
struct call;

struct route_args {
	struct str word[ARGS_MAX]; /* as the client wrote them; route_find() */
	size_t n;

	/* *name, as the API writes it; NULL: the path names no repository. And the same name
	 * in the two parts that API v1 and its tokens write; it may be too long for API v1. */
	const char *repository;
	struct v1name v1name;

	const char *image, *tag;
	struct digest digest;
	struct str upload, reference, subject;
};

/* Reads *name, if the row's pattern has one: what comes before a handler (permission, for
 * one) depends on the repository. RC_BAD_NAME; what the API's read_name returns. */
enum result args_read_repository(const struct api *api, struct call *c);

/* Reads all other arguments. */
enum result args_read(struct call *c);

#endif
