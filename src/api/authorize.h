/* authorize.h: may the caller do what a row does? One rule for all APIs. */
#ifndef API_AUTHORIZE_H
#define API_AUTHORIZE_H

#include "api/call.h"

/* Checks the caller against the permission of the row and the repository of the path, by
 * the rules of auth/auth.h. RC_UNAUTHORIZED, RC_UPSTREAM. A call of docker's index asks for
 * no token: nginx asks for a password there. */
enum result api_authorize(struct call *c);

#endif
