/* redirect.c: see redirect.h. */
#include "remote/redirect.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#include "base/address.h"

#define ALLOWED_BY "trust_redirects: true would allow it"

/* ---- which address is asked now ---- */

static const char *
url_now(struct redirect *rd)
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

/* Do both name one host and port? */
static bool
have_same_host(const char *a, const char *b)
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

/* ---- what libcurl calls ---- */

static void
refuse_address(struct redirect *rd, const struct sockaddr *at)
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
may_ask(struct redirect *rd, const struct sockaddr *at)
{
	if (rd->anywhere || address_is_public(at) ||
	    have_same_host(rd->url, url_now(rd)))
		return true;
	refuse_address(rd, at);
	return false;
}

/* For CURLOPT_OPENSOCKETFUNCTION: called before each new connection. */
static curl_socket_t
open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *at)
{
	(void)purpose;
	if (!may_ask(arg, &at->addr))
		return CURL_SOCKET_BAD;
	return socket(at->family, at->socktype | SOCK_CLOEXEC, at->protocol);
}

#if LIBCURL_VERSION_NUM >= 0x075000

/* For CURLOPT_PREREQFUNCTION: called before each request, also over a connection that
 * was kept, which an earlier call may have made to a private host of the
 * configuration. */
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
	return may_ask(arg, at) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

static void
look_before_requests(struct redirect *rd)
{
	(void)curl_easy_setopt(rd->curl, CURLOPT_PREREQFUNCTION, before_request);
	(void)curl_easy_setopt(rd->curl, CURLOPT_PREREQDATA, rd);
}

#else

static void
look_before_requests(struct redirect *rd)
{
	if (!rd->anywhere)
		(void)curl_easy_setopt(rd->curl, CURLOPT_FRESH_CONNECT, 1L);
}

#endif

static void
set_protocols(struct redirect *rd, bool secure)
{
#if LIBCURL_VERSION_NUM >= 0x075500
	(void)curl_easy_setopt(
	    rd->curl, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
#else
	(void)curl_easy_setopt(rd->curl, CURLOPT_REDIR_PROTOCOLS,
	    (long)(secure ? CURLPROTO_HTTPS : CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

/* ---- for the room ---- */

void
redirect_watch(struct redirect *rd, CURL *curl, const char *url, bool anywhere)
{
	memset(rd, 0, sizeof(*rd));
	rd->curl = curl;
	rd->url = url;
	rd->anywhere = anywhere;
	set_protocols(rd, !anywhere && is_https(url));
	(void)curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	(void)curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, rd);
	look_before_requests(rd);
}

void
redirect_answered(struct redirect *rd)
{
	if (!rd->anywhere && is_https(url_now(rd)))
		set_protocols(rd, true);
}

bool
redirect_failed(struct redirect *rd, CURLcode code)
{
	if (code == CURLE_UNSUPPORTED_PROTOCOL &&
	    strncasecmp(url_now(rd), "http:", 5) == 0)
		(void)err_set(&rd->refused, RC_UPSTREAM,
		    "a redirect leads from https to http; " ALLOWED_BY);
	return rd->refused.text[0] != '\0' &&
	       (code == CURLE_UNSUPPORTED_PROTOCOL ||
		   code == CURLE_COULDNT_CONNECT ||
		   code == CURLE_ABORTED_BY_CALLBACK);
}
