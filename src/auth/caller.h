/* caller.h: the client of a request, as far as it is known. */
#ifndef AUTH_CALLER_H
#define AUTH_CALLER_H

#include <stdbool.h>

#include "auth/token.h"

struct caller {
	/* The token below was needed and has been verified: the caller has the token's
	 * access, to the token's repository only. */
	bool bound;
	bool privileged; /* the request is signed with the privileged key */

	/* The token of the request. Do not trust it unless `bound` is set. repository.ns is
	 * NULL if there is none. */
	struct v1name repository;
	enum token_access access;
	struct str signature;

	/* These headers of the request, unchanged, for requests to an index or an upstream
	 * registry. Via lists the proxies on the way (RFC 9110, section 7.6.3). */
	struct str authorization, via;

	/* The images of the repository by the index's answer: a JSON list of their ids.
	 * Empty except in AUTH_INDEX. */
	struct str granted;
};

#endif
