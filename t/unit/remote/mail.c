/* mail.c: one mail by SMTP, as its server sees it. */
#include <pthread.h>

#include "lib/stand_in.h"
#include "lib/unit.h"
#include "remote/mail.h"

#define SAID ((size_t)256 << 10) /* bytes that a server hears */

static struct stand_in server;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char envelope[4096], message[SAID]; /* of the last mail */
static const char *refused;                /* a command that is; NULL: none */

/* ---- the server (RFC 5321) ---- */

static void
say(int fd, const char *text)
{
	stand_in_say(fd, text, strlen(text));
}

static void
note(const char *line)
{
	size_t n = strlen(envelope);

	(void)snprintf(envelope + n, sizeof(envelope) - n, "%s", line);
}

static void
hear_message(int fd)
{
	say(fd, "354 go on\r\n");
	if (!stand_in_hear(fd, message, sizeof(message), "\r\n.\r\n"))
		message[0] = '\0';
	say(fd, "250 taken\r\n");
}

static void
talk(int fd)
{
	char line[1024];

	(void)pthread_mutex_lock(&mutex);
	envelope[0] = message[0] = '\0';
	say(fd, "220 stand-in\r\n");
	while (stand_in_hear(fd, line, sizeof(line), "\r\n")) {
		note(line);
		if (refused != NULL && strncmp(line, refused, strlen(refused)) == 0)
			say(fd, "550 no\r\n");
		else if (strncmp(line, "DATA", 4) == 0)
			hear_message(fd);
		else if (strncmp(line, "QUIT", 4) == 0)
			break;
		else
			say(fd, "250 yes\r\n");
	}
	(void)pthread_mutex_unlock(&mutex);
}

/* ---- the mails ---- */

static struct mail_options
options(void)
{
	return (struct mail_options){.host = "127.0.0.1",
	    .port = server.port,
	    .from = "berth@example.org",
	    .to = "jo@example.org, ops@example.org"};
}

/* What was heard, when the connection is over. */
static const char *
heard(const char *what)
{
	const char *copy;

	(void)pthread_mutex_lock(&mutex);
	copy = arena_strdup(arena, what);
	(void)pthread_mutex_unlock(&mutex);
	return copy;
}

static bool
was_heard(const char *text)
{
	return strstr(heard(message), text) != NULL;
}

static enum result
send_text(const char *subject, struct str text)
{
	struct mail_options to = options();

	return mail_send(&to, subject, text, &err);
}

static void
test_mail(void)
{
	const char *body;

	is_int(send_text("two errors", TEXT("one\ntwo\r\n.\n..\n.three")), RC_OK,
	    "a mail");
	ok(strstr(heard(envelope), "MAIL FROM:<berth@example.org>") != NULL,
	    "from");
	ok(strstr(heard(envelope), "RCPT TO:<jo@example.org>\r\n") != NULL,
	    "to one");
	ok(strstr(heard(envelope), "RCPT TO:<ops@example.org>\r\n") != NULL,
	    "to the other");
	ok(was_heard("From: berth@example.org\r\n"), "its From");
	ok(was_heard("To: jo@example.org, ops@example.org\r\n"), "its To");
	ok(was_heard("Subject: two errors\r\n"), "its Subject");
	ok(was_heard("\r\nDate: ") && was_heard(" +0000\r\n"), "its Date");
	ok(was_heard("\r\nMessage-ID: <") && was_heard("@example.org>\r\n"),
	    "its Message-ID");
	ok(was_heard("Content-Type: text/plain; charset=utf-8\r\n"), "its type");
	body = strstr(heard(message), "\r\n\r\n");
	is_str(body, "\r\n\r\none\r\ntwo\r\n..\r\n...\r\n..three\r\n.\r\n",
	    "lines end as SMTP's do, and no dot ends it early");
}

static void
test_subjects(void)
{
	is_int(send_text("Gr\xc3\xbc\xc3\x9f"
			 "e",
		   TEXT("x")),
	    RC_OK, "a subject that is not ASCII");
	ok(was_heard("Subject: =?UTF-8?B?R3LDvMOfZQ==?=\r\n"),
	    "is an encoded word");
	is_int(send_text("a\r\nBcc: all@example.org", TEXT("x")), RC_BAD_REQUEST,
	    "a subject of two lines");
}

static void
test_addresses(void)
{
	static const char *const bad[] = {
	    "a@b\r\nBcc: c@d", "a@b\nc@d", "a@b\rc@d", "a\x01@b"};
	struct mail_options to = options();
	size_t i;

	for (i = 0; i < COUNT(bad); i++) {
		to = options();
		to.to = bad[i];
		is_int(mail_send(&to, "s", TEXT("x"), &err), RC_BAD_REQUEST,
		    "a recipient of two lines");
		to = options();
		to.from = bad[i];
		is_int(mail_send(&to, "s", TEXT("x"), &err), RC_BAD_REQUEST,
		    "a sender of two lines");
	}
}

static void
test_refusals(void)
{
	static const char *const commands[] = {"MAIL", "RCPT", "DATA"};
	struct mail_options to = options();
	size_t i;

	for (i = 0; i < COUNT(commands); i++) {
		refused = commands[i];
		is_int(send_text("s", TEXT("x")), RC_UPSTREAM, "%s is refused: %s",
		    commands[i], err.text);
		is_str(heard(message), "", "nothing was sent");
	}
	refused = NULL;
	to.secure = true;
	is_int(mail_send(&to, "s", TEXT("x"), &err), RC_UPSTREAM,
	    "a server without STARTTLS");
	is_str(heard(message), "", "is sent nothing in the clear");
	to = options();
	to.port = 1;
	is_int(mail_send(&to, "s", TEXT("x"), &err), RC_UPSTREAM, "no server");
	ok(strstr(err.text, "127.0.0.1:1") != NULL, "is named: %s", err.text);
	is_int(send_text("s", repeated('x', (size_t)2 << 20)), RC_TOO_LARGE,
	    "a mail of two megabytes");
	is_int(send_text("s", TEXT("x")), RC_OK, "another goes");
}

int
main(void)
{
	static void (*const tests[])(void) = {
	    test_mail, test_subjects, test_addresses, test_refusals};
	size_t i;

	stand_in_start(&server, talk);
	for (i = 0; i < COUNT(tests); i++) {
		arena = arena_new();
		tests[i]();
		arena_free(arena);
	}
	return done_testing();
}
