/* authorize.c: see authorize.h. */
#include "api/authorize.h"

#include "auth/auth.h"

static enum token_access
access_of(enum permission permission)
{
	switch (permission) {
	case MAY_PUSH:
		return TOKEN_WRITE;
	case MAY_DELETE:
		return TOKEN_DELETE;
	default:
		return TOKEN_READ;
	}
}

enum result
api_authorize(struct call *c)
{
	const struct auth *auth = c->task.reg->auth;
	const struct auth_access access = {.need = access_of(c->route->permission),
	    .repository = c->args.repository == NULL ? NULL : &c->args.v1name};

	if (c->route->permission == MAY_ANYTHING || c->route->index_call)
		return RC_OK;
	return auth_authorize(auth, c->task.arena, &access, &c->caller, &c->err);
}
