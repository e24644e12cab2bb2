/* redirect.c: see redirect.h.
 *
 * libcurl follows redirects by itself, so each new address is checked in its callbacks:
 *
 *	open_socket()		before it connects. It gets the address that the host's name
 *				resolved to, which is what counts: a public name can have a
 *				private address.
 *	before_request()	before it sends a request over any connection. This finds
 *				connections that were kept open from an earlier call to a
 *				private host, for which no socket is opened. libcurl before
 *				7.80 lacks this callback; each call makes new connections there.
 *
 * Both allow any address for the host and port of the call itself: the operator configured
 * it. From https to http: CURLOPT_REDIR_PROTOCOLS excludes http as soon as one of the
 * addresses in the chain is https.
 *
 * libcurl reports a refusal as a failed connection or an unsupported protocol. The reason
 * is kept in struct redirect, for the log. */
#include "remote/redirect.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#include "base/address.h"

#define ALLOWED_BY "trust_redirects: true in config.yml would allow it"

/* ---- addresses ---- */

/* Of the redirect that is followed now. */
static const char *
current_url(struct redirect *rd)
{
	char *url = NULL;

	(void)curl_easy_getinfo(rd->curl, CURLINFO_EFFECTIVE_URL, &url);
	return url == NULL ? "" : url;
}

static bool
is_https(const char *url)
{
	return strncasecmp(url, "https:", 6) == 0;
}

static bool
have_same_part(CURLU *a, CURLU *b, CURLUPart part)
{
	char *of_a = NULL, *of_b = NULL;
	bool same = curl_url_get(a, part, &of_a, CURLU_DEFAULT_PORT) == CURLUE_OK &&
		    curl_url_get(b, part, &of_b, CURLU_DEFAULT_PORT) == CURLUE_OK &&
		    strcasecmp(of_a, of_b) == 0;

	curl_free(of_a);
	curl_free(of_b);
	return same;
}

static bool
have_same_host_and_port(const char *a, const char *b)
{
	CURLU *of_a = curl_url(), *of_b = curl_url();
	bool same = of_a != NULL && of_b != NULL &&
		    curl_url_set(of_a, CURLUPART_URL, a, 0) == CURLUE_OK &&
		    curl_url_set(of_b, CURLUPART_URL, b, 0) == CURLUE_OK &&
		    have_same_part(of_a, of_b, CURLUPART_HOST) &&
		    have_same_part(of_a, of_b, CURLUPART_PORT);

	curl_url_cleanup(of_a);
	curl_url_cleanup(of_b);
	return same;
}

/* ---- callbacks of libcurl ---- */

static void
set_refused(struct redirect *rd, const struct sockaddr *at)
{
	char text[INET6_ADDRSTRLEN] = "unknown";

	if (at->sa_family == AF_INET)
		(void)inet_ntop(AF_INET,
		    &((const struct sockaddr_in *)(const void *)at)->sin_addr, text,
		    sizeof(text));
	else if (at->sa_family == AF_INET6)
		(void)inet_ntop(AF_INET6,
		    &((const struct sockaddr_in6 *)(const void *)at)->sin6_addr,
		    text, sizeof(text));
	(void)err_set(&rd->refused, RC_UPSTREAM,
	    "a redirect leads to the private address %s; " ALLOWED_BY, text);
}

static bool
may_connect(struct redirect *rd, const struct sockaddr *at)
{
	if (rd->allow_all || address_is_public(at) ||
	    have_same_host_and_port(rd->url, current_url(rd)))
		return true;
	set_refused(rd, at);
	return false;
}

/* For CURLOPT_OPENSOCKETFUNCTION. */
static curl_socket_t
open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *at)
{
	(void)purpose;
	if (!may_connect(arg, &at->addr))
		return CURL_SOCKET_BAD;
	return socket(at->family, at->socktype | SOCK_CLOEXEC, at->protocol);
}

#if LIBCURL_VERSION_NUM >= 0x075000

/* For CURLOPT_PREREQFUNCTION. */
static int
before_request(void *arg, char *peer, char *own, int peer_port, int own_port)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6};
	struct sockaddr_in four = {.sin_family = AF_INET};
	const struct sockaddr *at = (const struct sockaddr *)&six;

	(void)own, (void)peer_port, (void)own_port;
	if (inet_pton(AF_INET, peer, &four.sin_addr) == 1)
		at = (const struct sockaddr *)&four;
	else if (inet_pton(AF_INET6, peer, &six.sin6_addr) != 1)
		return CURL_PREREQFUNC_ABORT;
	return may_connect(arg, at) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

static void
check_kept_connections(struct redirect *rd)
{
	(void)curl_easy_setopt(rd->curl, CURLOPT_PREREQFUNCTION, before_request);
	(void)curl_easy_setopt(rd->curl, CURLOPT_PREREQDATA, rd);
}

#else

static void
check_kept_connections(struct redirect *rd)
{
	if (!rd->allow_all)
		(void)curl_easy_setopt(rd->curl, CURLOPT_FRESH_CONNECT, 1L);
}

#endif

static void
set_protocols(struct redirect *rd, bool https_only)
{
#if LIBCURL_VERSION_NUM >= 0x075500
	(void)curl_easy_setopt(rd->curl, CURLOPT_REDIR_PROTOCOLS_STR,
	    https_only ? "https" : "http,https");
#else
	(void)curl_easy_setopt(rd->curl, CURLOPT_REDIR_PROTOCOLS,
	    (long)(https_only ? CURLPROTO_HTTPS
			      : CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

/* ---- the interface ---- */

void
redirect_watch(struct redirect *rd, CURL *curl, const char *url, bool allow_all)
{
	memset(rd, 0, sizeof(*rd));
	rd->curl = curl;
	rd->url = url;
	rd->allow_all = allow_all;
	set_protocols(rd, !allow_all && is_https(url));
	(void)curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	(void)curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, rd);
	check_kept_connections(rd);
}

void
redirect_answered(struct redirect *rd)
{
	if (!rd->allow_all && is_https(current_url(rd)))
		set_protocols(rd, true);
}

bool
redirect_failed(struct redirect *rd, CURLcode code)
{
	if (code == CURLE_UNSUPPORTED_PROTOCOL &&
	    strncasecmp(current_url(rd), "http:", 5) == 0)
		(void)err_set(&rd->refused, RC_UPSTREAM,
		    "a redirect leads from https to http; " ALLOWED_BY);
	return rd->refused.text[0] != '\0' &&
	       (code == CURLE_UNSUPPORTED_PROTOCOL ||
		   code == CURLE_COULDNT_CONNECT ||
		   code == CURLE_ABORTED_BY_CALLBACK);
}
