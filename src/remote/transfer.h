/* transfer.h: a handle of libcurl, set up as berth calls others. Private to this room. */
#ifndef REMOTE_TRANSFER_H
#define REMOTE_TRANSFER_H

#include <curl/curl.h>

#include "remote/redirect.h"
#include "remote/remote.h"

/* Once a process, before anything else of libcurl. */
void transfer_init(void);

/* A new one, the caller's; and one that was reset, with what all calls share. */
CURL *transfer_new(const struct remote_options *options);
void transfer_set_up(CURL *curl, const struct remote_options *options);

/* The call's address and headers. *list is the caller's, and needed while the handle
 * runs. RC_BAD_REQUEST: a line break in one of them. */
enum result transfer_set_call(CURL *curl, const struct remote_call *call,
    struct curl_slist **list, struct err *err);

/* A header line as libcurl hands it on, without its end. */
struct str transfer_line(const char *p, size_t n);

/* A call that is about to run, or runs. */
struct transfer_run {
	CURL *curl;
	struct arena *arena;
	const struct remote_call *call;
	struct remote_answer *out;
	struct redirect redirect;
};

/* One of the answer's header lines: kept in `out`, if it is wanted. A new status line
 * forgets what was kept before (a redirect's). */
void transfer_take_header(struct transfer_run *run, struct str line);

/* Performs the call, whose handle is set up. RC_UPSTREAM: err says "GET
 * http://host/path: why", without a password. */
enum result transfer_perform(struct transfer_run *run,
    const struct remote_options *options, struct err *err);

#endif
