/* mail.c: see mail.h. The message (RFC 5322) has few headers, and its text is UTF-8 without
 * an encoding. libcurl does the SMTP: it also doubles a dot at the beginning of a line. A
 * subject that is not ASCII is written as encoded words (RFC 2047), each of which must be
 * short and hold whole characters. */
#include "remote/mail.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "base/buf.h"
#include "base/must.h"
#include "remote/transfer.h"

#define MAIL_MAX     ((size_t)1 << 20) /* bytes */
#define TIMEOUT_MS   60000L
#define WORD_BYTES   ((size_t)40) /* of a subject, in one encoded word */
#define CONTINUATION 0x80 /* a byte of UTF-8 after the first of a character */

/* A line break in a header would let the text that follows it become a header of its own. */
static bool
is_one_line(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

/* ---- the message (RFC 5322) ---- */

static bool
is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text > 0x7e)
			return false;
	return true;
}

/* How many bytes of the text the next encoded word takes. */
static size_t
encoded_word_bytes(const char *text)
{
	size_t n = strlen(text);

	if (n <= WORD_BYTES)
		return n;
	n = WORD_BYTES;
	while (n > 1 && ((unsigned char)text[n] & 0xc0) == CONTINUATION)
		n--;
	return n;
}

static void
put_subject(struct buf *b, const char *subject)
{
	unsigned char word[WORD_BYTES * 2];
	size_t n;

	buf_adds(b, "Subject:");
	if (is_ascii(subject)) {
		buf_printf(b, " %s\r\n", subject);
		return;
	}
	for (; *subject != '\0'; subject += n) {
		n = encoded_word_bytes(subject);
		(void)EVP_EncodeBlock(word, (const unsigned char *)subject, (int)n);
		buf_printf(b, " =?UTF-8?B?%s?=\r\n", word);
	}
}

static void
put_date(struct buf *b)
{
	char text[64];
	time_t now = time(NULL);
	struct tm tm;

	(void)gmtime_r(&now, &tm);
	(void)strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S +0000", &tm);
	buf_printf(b, "Date: %s\r\n", text);
}

/* All line ends become CRLF. */
static void
put_lines(struct buf *b, struct str text)
{
	size_t i;

	for (i = 0; i < text.n; i++)
		if (text.p[i] == '\n')
			buf_adds(b, "\r\n");
		else if (text.p[i] != '\r')
			buf_addc(b, text.p[i]);
	if (text.n > 0 && text.p[text.n - 1] != '\n')
		buf_adds(b, "\r\n");
}

static void
put_message(struct buf *b, const struct mail_options *options, const char *subject,
    struct str text)
{
	const char *at = strchr(options->from, '@');

	buf_printf(b, "From: %s\r\nTo: %s\r\n", options->from, options->to);
	put_subject(b, subject);
	put_date(b);
	buf_printf(b, "Message-ID: <%lld.%ld.berth%s>\r\n", (long long)time(NULL),
	    (long)getpid(), at == NULL ? "@localhost" : at);
	buf_adds(b, "MIME-Version: 1.0\r\n"
		    "Content-Type: text/plain; charset=utf-8\r\n"
		    "Content-Transfer-Encoding: 8bit\r\n\r\n");
	put_lines(b, text);
}

/* ---- sending ---- */

/* For CURLOPT_READFUNCTION: copies the next bytes, at most as many as libcurl has room for.
 */
static size_t
read_message(char *p, size_t size, size_t n, void *arg)
{
	struct str *left = arg;

	n *= size;
	if (n > left->n)
		n = left->n;
	memcpy(p, left->p, n);
	*left = str_make(left->p + n, left->n - n);
	return n;
}

static struct curl_slist *
recipients(struct arena *a, const char *to)
{
	struct str rest = str_of(to), one;
	struct curl_slist *list = NULL;

	while (rest.p != NULL && rest.n > 0) {
		one = str_trim(str_cut(&rest, ','));
		if (one.n == 0)
			continue;
		list = must_have(curl_slist_append(list, str_dup(a, one)));
	}
	return list;
}

/* transfer_new() has allowed HTTP and HTTPS only. */
static void
set_protocols(CURL *curl)
{
#if LIBCURL_VERSION_NUM >= 0x075500
	(void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp");
#else
	(void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS, (long)CURLPROTO_SMTP);
#endif
}

static enum result
send_message(struct arena *a, const struct mail_options *options,
    struct str message, struct err *err)
{
	const struct remote_options timeouts = {.connect_ms = (unsigned)TIMEOUT_MS};
	const char *url = arena_printf(
	    a, "smtp://%s:%u", options->host, options->port);
	struct curl_slist *to = recipients(a, options->to);
	CURL *curl = transfer_new(&timeouts);
	CURLcode code;

	set_protocols(curl);
	(void)curl_easy_setopt(curl, CURLOPT_URL, url);
	(void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
	(void)curl_easy_setopt(curl, CURLOPT_USE_SSL,
	    (long)(options->secure ? CURLUSESSL_ALL : CURLUSESSL_NONE));
	if (options->login != NULL)
		(void)curl_easy_setopt(curl, CURLOPT_USERNAME, options->login);
	if (options->password != NULL)
		(void)curl_easy_setopt(curl, CURLOPT_PASSWORD, options->password);
	(void)curl_easy_setopt(curl, CURLOPT_MAIL_FROM, options->from);
	(void)curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
	(void)curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_message);
	(void)curl_easy_setopt(curl, CURLOPT_READDATA, &message);
	(void)curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	code = curl_easy_perform(curl);
	curl_easy_cleanup(curl);
	curl_slist_free_all(to);
	if (code != CURLE_OK)
		return err_set(err, RC_UPSTREAM, "mail by %s: %s", url,
		    curl_easy_strerror(code));
	return RC_OK;
}

enum result
mail_send(const struct mail_options *options, const char *subject, struct str text,
    struct err *err)
{
	struct arena *a;
	struct buf b;
	enum result r;

	if (!is_one_line(subject) || !is_one_line(options->from) ||
	    !is_one_line(options->to))
		return err_set(err, RC_BAD_REQUEST,
		    "subject and addresses of a mail must be one line each");
	transfer_init();
	a = arena_new();
	buf_init(&b, a, MAIL_MAX);
	put_message(&b, options, subject, text);
	if (b.full)
		r = err_set(err, RC_TOO_LARGE,
		    "the mail is larger than the limit of %zu bytes", MAIL_MAX);
	else
		r = send_message(a, options, buf_str(&b), err);
	arena_free(a);
	return r;
}
