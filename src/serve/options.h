/* options.h: how `berth serve` runs, and what it runs; filled in by cmd. */
#ifndef SERVE_OPTIONS_H
#define SERVE_OPTIONS_H

#include <signal.h>
#include <stdbool.h>

#include "base/str.h"

struct api;
struct api_options;
struct cors;
struct registry;

struct serve_options {
	const char *socket; /* to make; unused when descriptor 0 listens already */
	unsigned workers;   /* processes */
	unsigned threads;   /* of each; see doc/operation.md */

	/* Which API answers a path: the first of the list that claims it (api/route.h); NULL
	 * at the end of the list. */
	const struct api *const *apis;
	const struct api_options *api_options;
	const struct cors *cors;    /* NULL: off */
	const char *const *proxies; /* trusted ones, base/address.h; NULL: none */
	bool mails;                 /* errors are reported by serve_app.send_mail */
};

/* What serve needs from cmd, which knows all rooms.
 *
 *	in the master		reload_config on SIGHUP
 *	in each worker		open_registry; requests; when it is to end, background_running
 *				again and again until it says no, with abort_outgoing if that
 *				takes too long; close_registry
 *	in a process of its own	rebuild_index, make_bridges, sweep_store, send_mail: each is one
 *				run
 */
struct serve_app {
	/* Reads the configuration again. NULL: it is not valid, and the old one stays. */
	const struct serve_options *(*reload_config)(void *arg);

	/* After fork(), before the first request. NULL: the worker cannot serve. */
	struct registry *(*open_registry)(void *arg);

	/* Does something run that outlives its request (a fetch from an upstream)? */
	bool (*background_running)(void *arg);

	/* Makes all calls to other servers fail soon. */
	void (*abort_outgoing)(void *arg);

	/* The last call in a worker. */
	void (*close_registry)(void *arg);

	/* Brings the index up to the store until *stop is set (the next run goes on from
	 * there): all repositories, or those that have a mark. False: it has to run again. */
	bool (*rebuild_index)(
	    void *arg, bool all, const volatile sig_atomic_t *stop);

	/* Makes the form in API v2 of the images of API v1 that wait for it. A signal may end
	 * the process at any point. False: it has to run again. */
	bool (*make_bridges)(void *arg);

	/* Removes what killed processes left, and what has expired. */
	void (*sweep_store)(void *arg);

	/* Reports n errors by mail; text has the first lines. */
	void (*send_mail)(void *arg, unsigned n, struct str text);
	void *arg;
};

#endif
