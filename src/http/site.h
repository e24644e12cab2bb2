/* site.h: requests that a page of another site makes in its visitor's browser.
 *
 * A browser sends such a request with the visitor's password and from the visitor's
 * network, and sends a simple one (the POST of a form) without a preflight (the Fetch
 * standard, "CORS-preflight fetch"). It says where the page came from in Sec-Fetch-Site
 * (Fetch Metadata); an old browser does so only in Origin. Other clients send neither. */
#ifndef HTTP_SITE_H
#define HTTP_SITE_H

#include "base/err.h"
#include "http/cors.h"
#include "http/request.h"

/* May this request change something? RC_OTHER_SITE: it comes from a page of another
 * site, and cors (NULL: off) does not allow that site this method. GET, HEAD and
 * OPTIONS change nothing and always pass. The scheme of the Origin is not compared: TLS
 * may end at a proxy in front of nginx. */
enum result site_admit(
    const struct cors *cors, const struct request *rq, struct err *err);

#endif
