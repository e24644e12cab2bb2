/* caller.h: who asks, and in the name of which repository. */
#ifndef AUTH_CALLER_H
#define AUTH_CALLER_H

#include <stdbool.h>

#include "auth/token.h"

struct caller {
	/* A token was asked for, was right, and grants no more than its repository. */
	bool bound;

	/* The repository of the Token that was shown; ns NULL: none was. In a registry that
	 * asks for none, nobody has checked it. */
	struct v1name repository;
	enum token_access access;

	/* As they came, to be shown to an index or a source. via: through whom the request
	 * has come (RFC 9110, section 7.6.3). */
	struct str authorization, via;

	/* The ids that the index grants, a JSON list of them; empty where none is asked. */
	struct str granted;
};

#endif
