/* redirect.h: which redirects are followed. The server that answers must not be able to
 * send berth into the network where berth runs: a redirect leads to a private address only
 * if the call itself was for that host and port, and never from https to http. The address
 * is checked when the connection is made and, if it was kept, before it is used again: so a
 * name whose address changes in between does not help. Private to this room. */
#ifndef REMOTE_REDIRECT_H
#define REMOTE_REDIRECT_H

#include <curl/curl.h>
#include <stdbool.h>

#include "base/err.h"

struct redirect {
	CURL *curl;
	const char *url;    /* of the call */
	bool anywhere;      /* follow all redirects */
	struct err refused; /* why one was not followed; empty: none was refused */
};

/* Watches the redirects of the next call that curl performs. *rd is filled in, and
 * must stay valid until that call has ended. */
void redirect_watch(
    struct redirect *rd, CURL *curl, const char *url, bool anywhere);

/* To be called for each status line, also that of a redirect. */
void redirect_answered(struct redirect *rd);

/* Did the call fail with this code because of a redirect that was refused? Then
 * rd->refused says why. */
bool redirect_failed(struct redirect *rd, CURLcode code);

#endif
