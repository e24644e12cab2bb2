/* serve_mail.c: see serve_mail.h. */
#include "cmd/serve_mail.h"

#include <sys/utsname.h>

#include "base/buf.h"
#include "base/log.h"
#include "remote/mail.h"

#define TEXT_MAX ((size_t)256 << 10) /* bytes */

static struct str
text_of(struct arena *a, const struct conf *conf, const char *host, unsigned n,
    struct str lines)
{
	struct buf b;

	buf_init(&b, a, TEXT_MAX);
	buf_printf(&b, "The registry %s on %s (%s) has logged %u error%s.\n\n",
	    PACKAGE_STRING, host, conf->storage_path, n, n == 1 ? "" : "s");
	buf_add(&b, lines.p, lines.n);
	buf_printf(&b,
	    "\nAll of them are in its log (%s).\n"
	    "The next mail is sent ten minutes after this one at the earliest.\n",
	    conf->log_file == NULL ? "standard error" : conf->log_file);
	return buf_str(&b);
}

void
serve_mail(struct arena *a, const struct conf *conf, unsigned n, struct str lines)
{
	const struct mail_options options = {.host = conf->mail_smtp_host,
	    .port = conf->mail_smtp_port,
	    .login = conf->mail_smtp_login,
	    .password = conf->mail_smtp_password,
	    .secure = conf->mail_smtp_secure,
	    .from = conf->mail_from_addr,
	    .to = conf->mail_to_addr};
	struct utsname u = {.nodename = "?"};
	const char *subject;
	enum result r;
	struct err err;

	(void)uname(&u);
	subject = arena_printf(
	    a, "berth on %s: %u error%s", u.nodename, n, n == 1 ? "" : "s");
	r = mail_send(
	    &options, subject, text_of(a, conf, u.nodename, n, lines), &err);
	if (r == RC_OK)
		log_line(LOG_INFO, "mail", "errors=%u to=%s", n,
		    log_value(a, options.to));
	else
		log_line(LOG_WARN, "mail", "errors=%u error=%s reason=%s", n,
		    err_name(r), log_value(a, err.text));
}
