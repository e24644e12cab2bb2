/* origin.c: see origin.h. */
#include "http/origin.h"

#include "base/address.h"
#include "base/hex.h"

#define HOST_MAX 260 /* bytes: a name of 253 and a port */

/* ---- Host (RFC 9110, section 7.2) ---- */

static bool
is_name(struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && c != '-' && c != '.' && c != '_')
			return false;
	}
	return s.n > 0;
}

/* The text between "[" and "]" (RFC 3986, section 3.2.2), without a zone. */
static bool
is_ipv6(struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (hex_value(s.p[i]) < 0 && s.p[i] != ':' && s.p[i] != '.')
			return false;
	return s.n >= 2 && str_has(s, ':');
}

static bool
is_port(struct str s)
{
	long long port;

	return s.n <= 5 && str_to_int64(s, &port) && port >= 1 && port <= 65535;
}

/* "name", "name:port", "[address]" or "[address]:port", and nothing else, because it becomes
 * a part of a header. */
static bool
is_host(struct str text)
{
	struct str rest = text, name;

	if (text.n > HOST_MAX)
		return false;
	if (str_starts(text, "[")) {
		(void)str_cut(&rest, '[');
		name = str_cut(&rest, ']');
		if (rest.p == NULL || !is_ipv6(name))
			return false;
		if (rest.n == 0)
			return true;
		return rest.p[0] == ':' &&
		       is_port(str_make(rest.p + 1, rest.n - 1));
	}
	name = str_cut(&rest, ':');
	return is_name(name) && (rest.p == NULL || is_port(rest));
}

/* ---- proxies ---- */

bool
origin_is_trusted(const char *const *proxies, const char *peer)
{
	size_t i;

	if (proxies == NULL || peer == NULL)
		return false;
	for (i = 0; proxies[i] != NULL; i++)
		if (address_in(proxies[i], peer))
			return true;
	return false;
}

/* Headers that only proxies send. A client that sends one gets a path. */
static bool
came_by_proxy(const struct request *rq)
{
	static const char *const headers[] = {"X-Forwarded-Proto",
	    "X-Forwarded-Host", "X-Forwarded-For", "X-Forwarded-Port",
	    "X-Forwarded-Ssl", "X-Forwarded-Scheme", "X-Real-IP", "Forwarded",
	    "Via"};
	size_t i;

	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		if (request_has_header(rq, headers[i]))
			return true;
	return false;
}

/* NULL: the header has another value, or a list. */
static const char *
scheme_of(struct str proto)
{
	if (str_is_nocase(proto, "https"))
		return "https";
	return str_is_nocase(proto, "http") ? "http" : NULL;
}

struct str
origin_host(const struct request *rq)
{
	if (rq->by_proxy && request_has_header(rq, "X-Forwarded-Host"))
		return request_header(rq, "X-Forwarded-Host");
	return request_header(rq, "Host");
}

const char *
origin_url(const struct request *rq, const char *path)
{
	struct str host = origin_host(rq);
	const char *scheme = rq->https ? "https" : "http";

	if (rq->by_proxy)
		scheme = scheme_of(request_header(rq, "X-Forwarded-Proto"));
	else if (came_by_proxy(rq))
		return path;
	if (scheme == NULL || !is_host(host))
		return path;
	return arena_printf(
	    rq->arena, "%s://%s%s", scheme, str_dup(rq->arena, host), path);
}
