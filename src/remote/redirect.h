/* redirect.h: how far an answer may lead on to another address. Who answers is not trusted
 * with the network that berth stands in: a redirect leads to a private address only if the
 * call itself was for that host and port, and from https to http never. The address is
 * looked at when the connection is made and, if it was kept, before it is used again: so a
 * name that changes its address leads no further. Seen by this room alone. */
#ifndef REMOTE_REDIRECT_H
#define REMOTE_REDIRECT_H

#include <curl/curl.h>
#include <stdbool.h>

#include "base/err.h"

struct redirect {
	CURL *curl;
	const char *url;    /* of the call */
	bool anywhere;      /* nothing is refused */
	struct err refused; /* why one was not followed; empty: none was refused */
};

/* Watches the redirects of the call that curl performs next. The struct is filled in and
 * must live until then. */
void redirect_watch(
    struct redirect *rd, CURL *curl, const char *url, bool anywhere);

/* An answer's status line has come, maybe a redirect's. */
void redirect_answered(struct redirect *rd);

/* The call failed with this code. False: not because of a redirect that was refused;
 * rd->refused tells otherwise. */
bool redirect_failed(struct redirect *rd, CURLcode code);

#endif
