/* redirect.h: which redirects are followed. A server must not be able to make berth send
 * requests into the private network where berth runs. So a redirect to a private address is
 * refused unless the call itself was for that host and port, and one from https to http
 * always. The address of the connection is checked, not the name, so a name that resolves
 * to another address the second time does not get past the check. Private to this room. */
#ifndef REMOTE_REDIRECT_H
#define REMOTE_REDIRECT_H

#include <curl/curl.h>
#include <stdbool.h>

#include "base/err.h"

struct redirect {
	CURL *curl;
	const char *url;    /* of the call */
	bool allow_all;     /* refuse none */
	struct err refused; /* the reason; empty: none was refused */
};

/* Checks the redirects of the next call that curl performs. *rd is filled in, and must stay
 * valid until that call has ended. */
void redirect_watch(
    struct redirect *rd, CURL *curl, const char *url, bool allow_all);

/* Call it for each status line, also for that of a redirect. */
void redirect_answered(struct redirect *rd);

/* Did the call fail with this code because a redirect was refused? Then rd->refused has the
 * reason. */
bool redirect_failed(struct redirect *rd, CURLcode code);

#endif
