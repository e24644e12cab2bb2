/* options.h: how `berth serve` runs, and what it runs; filled in by cmd. */
#ifndef SERVE_OPTIONS_H
#define SERVE_OPTIONS_H

#include <signal.h>
#include <stdbool.h>

#include "base/str.h"

struct cors;
struct registry;

struct serve_options {
	const char *socket; /* to make; unused when descriptor 0 listens already */
	unsigned workers;   /* processes */
	unsigned threads;   /* of each; see doc/operation.md */
	const void *api;    /* what the API's handlers find in rq->options */
	const struct cors *cors;    /* NULL: off */
	const char *const *proxies; /* trusted ones, base/address.h; NULL: none */
	bool mails;                 /* errors are reported by serve_app.mail */
};

/* What the master asks of cmd, which knows all rooms. */
struct serve_app {
	/* On SIGHUP, in the master: today's options; NULL: keep those of before. */
	const struct serve_options *(*reload)(void *arg);

	/* Each in a process of its own: for a worker; the index, until stop is set (it
	 * goes on next time); what killed processes left behind. */
	struct registry *(*open)(void *arg);
	bool (*rebuild)(void *arg, const volatile sig_atomic_t *stop);
	void (*sweep)(void *arg);

	/* In a worker that is about to end: does something run that others wait for? Told to
	 * give up, whatever waits for other servers fails soon; close comes last. */
	bool (*busy)(void *arg);
	void (*give_up)(void *arg);
	void (*close)(void *arg);

	/* In a process of its own too: n errors, whose first lines are in text. */
	void (*mail)(void *arg, unsigned n, struct str text);
	void *arg;
};

#endif
