/* origin.h: the address of this registry as the client knows it, for Location.
 *
 * A Location may be a path (RFC 9110, section 10.2.2), and dockers since 1.8 take one.
 * Docker 1.6 and 1.7 use it as it is and need the whole address. That is the scheme of
 * the connection and its Host; for a client of a trusted proxy, what the proxy says:
 *
 *	the peer is		scheme			host
 *	a trusted proxy		X-Forwarded-Proto	X-Forwarded-Host, else Host
 *	anyone else		of the connection	Host
 *
 * A wrong address is worse than none, so in doubt the path alone is sent: without a valid
 * Host, when a trusted proxy does not say which scheme the client used, and when headers
 * show that a proxy that is not trusted was in between. */
#ifndef HTTP_ORIGIN_H
#define HTTP_ORIGIN_H

#include "http/request.h"

/* Is the peer (its address, as nginx sees it; NULL: not known) one of these proxies
 * (base/address.h; NULL after the last; NULL: none)? */
bool origin_is_trusted(const char *const *proxies, const char *peer);

/* The host that the client used, by the rules above. It may be invalid. */
struct str origin_host(const struct request *rq);

/* path begins with "/". Returns "https://host:port/path", or the path itself; in the
 * request's arena. */
const char *origin_url(const struct request *rq, const char *path);

#endif
