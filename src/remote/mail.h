/* mail.h: sends one mail, by SMTP. */
#ifndef REMOTE_MAIL_H
#define REMOTE_MAIL_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct mail_options {
	const char *host; /* of the SMTP server */
	unsigned port;
	const char *login, *password; /* NULL: none */
	bool secure;                  /* STARTTLS must succeed */
	const char *from, *to; /* addresses; `to`: several, separated by commas */
};

/* Sends text (UTF-8, lines ended by "\n") to all of options->to. Returns when the server
 * has taken it, after at most a minute. RC_UPSTREAM: the server did not take it.
 * RC_BAD_REQUEST: subject or an address is not one line. RC_TOO_LARGE: more than a
 * megabyte. */
enum result mail_send(const struct mail_options *options, const char *subject,
    struct str text, struct err *err);

#endif
