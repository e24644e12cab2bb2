/* serve_mail.h: errors, told of by mail (email_exceptions). */
#ifndef CMD_SERVE_MAIL_H
#define CMD_SERVE_MAIL_H

#include "base/arena.h"
#include "base/str.h"
#include "conf/conf.h"

/* n errors, the first of which are in lines. Waits until the mail is sent, at most a minute;
 * that it was not is logged, as a warning: no error of a mail is mailed. */
void serve_mail(
    struct arena *a, const struct conf *conf, unsigned n, struct str lines);

#endif
