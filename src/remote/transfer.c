/* transfer.c: see transfer.h. A handle that is used again keeps its connections but no
 * settings (remote_return() resets it), so all settings are made for each call. */
#include "remote/transfer.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"

#define REDIRECTS_MAX 5L

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
init(void)
{
	must_succeed(
	    curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK, "curl_global_init");
}

void
transfer_init(void)
{
	(void)pthread_once(&once, init);
}

/* The addresses come from the configuration and from redirects. libcurl could also read
 * local files (file:) and speak other protocols. */
static void
set_protocols(CURL *curl)
{
#if LIBCURL_VERSION_NUM >= 0x075500
	(void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
#else
	(void)curl_easy_setopt(
	    curl, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

CURL *
transfer_new(const struct remote_options *options)
{
	CURL *curl = must_have(curl_easy_init());

	transfer_set_up(curl, options);
	return curl;
}

void
transfer_set_up(CURL *curl, const struct remote_options *options)
{
	const char *ca = getenv("SSL_CERT_FILE"); /* as curl and OpenSSL do */

	set_protocols(curl);
	/* Without signals: libcurl would use SIGALRM, which is the whole process's. */
	(void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_MAXREDIRS, REDIRECTS_MAX);
	(void)curl_easy_setopt(
	    curl, CURLOPT_CONNECTTIMEOUT_MS, (long)options->connect_ms);
	(void)curl_easy_setopt(curl, CURLOPT_USERAGENT, "berth");
	if (ca != NULL && *ca != '\0')
		(void)curl_easy_setopt(curl, CURLOPT_CAINFO, ca);
}

/* A line break would let the text after it become a header of its own. */
static bool
is_one_line(const char *text)
{
	return strpbrk(text, "\r\n") == NULL;
}

enum result
transfer_set_call(CURL *curl, const struct remote_call *call,
    struct curl_slist **list, struct err *err)
{
	const char *const *h;

	*list = NULL;
	for (h = call->headers; h != NULL && *h != NULL; h++) {
		if (!is_one_line(*h)) {
			curl_slist_free_all(*list);
			*list = NULL;
			return err_set(err, RC_BAD_REQUEST,
			    "a request header must be one line");
		}
		*list = must_have(curl_slist_append(*list, *h));
	}
	(void)curl_easy_setopt(curl, CURLOPT_URL, call->url);
	(void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, *list);
	return RC_OK;
}

struct str
transfer_line(const char *p, size_t n)
{
	while (n > 0 && (p[n - 1] == '\r' || p[n - 1] == '\n'))
		n--;
	return str_make(p, n);
}

void
transfer_take_header(struct transfer_run *run, struct str line)
{
	const struct remote_call *call = run->call;
	struct remote_answer *out = run->out;
	struct str value = line, name = str_cut(&value, ':');
	size_t i;

	if (str_starts(line, "HTTP/")) {
		memset(out->captured, 0, sizeof(out->captured));
		redirect_answered(&run->redirect);
	}
	if (value.p == NULL)
		return;
	value = str_trim(value);
	for (i = 0; call->capture != NULL && i < REMOTE_CAPTURES &&
		    call->capture[i] != NULL;
	     i++)
		if (str_is_nocase(name, call->capture[i]))
			out->captured[i] = str_make(
			    str_dup(run->arena, value), value.n);
}

/* The address in two parts, "scheme://" and "host/path": "user:password@" between them is
 * left out, since the text goes to the log. */
static void
without_password(const char *url, struct str *scheme, struct str *rest)
{
	const char *authority = strstr(url, "://"), *end, *host;

	authority = authority == NULL ? url : authority + 3;
	end = authority + strcspn(authority, "/?#");
	for (host = end; host > authority && host[-1] != '@'; host--)
		;
	*scheme = str_make(url, (size_t)(authority - url));
	*rest = str_of(host);
}

static enum result
set_failed(const char *url, const char *why, struct err *err)
{
	struct str scheme, rest;

	without_password(url, &scheme, &rest);
	return err_set(err, RC_UPSTREAM, "GET %.*s%.*s: %s", STR_ARG(scheme),
	    STR_ARG(rest), why);
}

enum result
transfer_perform(
    struct transfer_run *run, const struct remote_options *options, struct err *err)
{
	CURL *curl = run->curl;
	CURLcode code;

	(void)curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, run->on_header);
	(void)curl_easy_setopt(curl, CURLOPT_HEADERDATA, run->arg);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, run->on_body);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, run->arg);
	redirect_watch(
	    &run->redirect, curl, run->call->url, options->trust_redirects);
	code = curl_easy_perform(curl);
	if (code == CURLE_OK)
		return RC_OK;
	return set_failed(run->call->url,
	    redirect_failed(&run->redirect, code) ? run->redirect.refused.text
						  : curl_easy_strerror(code),
	    err);
}
