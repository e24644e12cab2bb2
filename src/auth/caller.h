/* caller.h: who calls, and in the name of which repository. */
#ifndef AUTH_CALLER_H
#define AUTH_CALLER_H

#include <stdbool.h>

#include "auth/token.h"

struct caller {
	/* The registry asked for a token, and this one was right: the caller may do what the
	 * token says, with its repository alone. */
	bool bound;
	bool privileged; /* the request is signed with the privileged key */

	/* The Token that the request shows, checked only if `bound`; repository.ns NULL: it
	 * shows none. */
	struct v1name repository;
	enum token_access access;
	struct str signature;

	/* As they came, to be passed on to an index or an upstream registry. via: the proxies
	 * that the request went through (RFC 9110, section 7.6.3). */
	struct str authorization, via;

	/* The ids that the index grants, a JSON list of them; empty if no index is asked. */
	struct str granted;
};

#endif
