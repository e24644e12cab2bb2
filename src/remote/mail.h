/* mail.h: one mail, by SMTP. */
#ifndef REMOTE_MAIL_H
#define REMOTE_MAIL_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct mail_options {
	const char *host; /* NULL: no mail is sent at all */
	unsigned port;
	const char *login, *password; /* NULL: none */
	bool secure;                  /* STARTTLS must succeed */
	const char *from, *to; /* addresses; `to`: several, separated by commas */
};

/* Sends text (UTF-8, lines ended by "\n") to all of options->to. Subject and addresses
 * are one line each. Waits, at most a minute. RC_UPSTREAM. */
enum result mail_send(const struct mail_options *options, const char *subject,
    struct str text, struct err *err);

#endif
