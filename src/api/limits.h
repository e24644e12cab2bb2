/* limits.h: what a request may take: the length of its body, space on the disk, memory. */
#ifndef API_LIMITS_H
#define API_LIMITS_H

#include "api/call.h"

/* nginx asks twice about an upload: first whether its body may come (auth_request), then
 * with the body. */
enum pass {
	PASS_CHECK, /* may this file come? */
	PASS_ASK,   /* may this long document come? */
	PASS_SERVE  /* the request itself */
};

/* Checks the length of the body and the free space on the disk. In the pass that serves, it
 * also reserves the memory that the row wants (registry/worklimit.h) until the arena of the
 * request ends. RC_TOO_LARGE, RC_FULL, RC_BUSY. RC_BAD_REQUEST: nginx asks whether a body
 * may come that the row does not take. (nginx decodes a path, and resolves ".." and "//",
 * before it chooses a location; berth cuts the path at its slashes first. So nginx may take
 * a request for an upload that is not one. The row decides.) */
enum result api_check_limits(struct call *c, enum pass pass);

#endif
