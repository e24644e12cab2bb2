/* transfer.h: one call over a handle of libcurl, with the settings that all calls of berth
 * share. Private to this room. */
#ifndef REMOTE_TRANSFER_H
#define REMOTE_TRANSFER_H

#include <curl/curl.h>

#include "remote/redirect.h"
#include "remote/remote.h"

/* Initialises libcurl; call it before anything else of it. Any number of times. */
void transfer_init(void);

/* A new handle, which the caller cleans up, with the settings that all calls share; and the
 * same settings for a handle that was reset. */
CURL *transfer_new(const struct remote_options *options);
void transfer_set_up(CURL *curl, const struct remote_options *options);

/* Sets the call's address and headers. *list must stay valid while the handle runs; the
 * caller frees it. RC_BAD_REQUEST: a header has a line break. */
enum result transfer_set_call(CURL *curl, const struct remote_call *call,
    struct curl_slist **list, struct err *err);

/* A header line as libcurl passes it to a callback, without its line end. */
struct str transfer_line(const char *p, size_t n);

/* A call that is about to run, or runs. */
struct transfer_run {
	CURL *curl;
	struct arena *arena; /* of the answer's texts */
	const struct remote_call *call;
	struct remote_answer *out;
	curl_write_callback on_header,
	    on_body;              /* for each header line and each piece */
	void *arg;                /* of both */
	struct redirect redirect; /* filled in by transfer_perform() */
};

/* For on_header: keeps the header in out->captured if the call wants it. A status line
 * begins the next answer of a chain of redirects, and clears the headers of the one before.
 */
void transfer_take_header(struct transfer_run *run, struct str line);

/* Performs the call, whose handle is set up. RC_UPSTREAM: err is "GET http://host/path:
 * why", without the user name and password of the address. */
enum result transfer_perform(struct transfer_run *run,
    const struct remote_options *options, struct err *err);

#endif
