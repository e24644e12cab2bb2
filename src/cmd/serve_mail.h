/* serve_mail.h: reports errors by mail (email_exceptions). */
#ifndef CMD_SERVE_MAIL_H
#define CMD_SERVE_MAIL_H

#include "base/arena.h"
#include "base/str.h"
#include "conf/conf.h"

/* Reports n errors; lines holds the first of them. Returns when the mail is sent, after at
 * most a minute. A failure is logged as a warning, not as an error, since errors are
 * mailed. */
void serve_mail(
    struct arena *a, const struct conf *conf, unsigned n, struct str lines);

#endif
