/* cors.h: Cross-Origin Resource Sharing (the Fetch standard, "CORS protocol"), with the
 * options that docker-registry 0.9 took: a page of another site may read the registry. */
#ifndef HTTP_CORS_H
#define HTTP_CORS_H

#include <stdbool.h>

#include "http/reply.h"
#include "http/request.h"

struct cors {
	const char *const
	    *origins; /* "https://site", or "*"; NULL behind the last; NULL: off */
	const char *methods; /* "GET, HEAD": of a preflight's answer */
	const char
	    *headers; /* those a request may carry; NULL: those it asks for */
	const char *expose_headers; /* NULL: none */
	unsigned max_age; /* seconds that a preflight is remembered; 0: not said */
	bool supports_credentials;
	bool send_wildcard; /* "*" for origins "*" instead of the caller's origin */
	bool always_send;   /* to a request without Origin too */
	bool vary_header;   /* Vary: Origin where the answer depends on it */
};

/* Adds the headers of CORS to a reply, if the request's Origin may have them. A preflight
 * (OPTIONS with Access-Control-Request-Method) gets those of its own. The headers point
 * into cors. */
void cors_apply(
    const struct cors *cors, const struct request *rq, struct reply *rp);

/* May a page of this Origin send a request with this method? A preflight tells the
 * browser so; the POST of a form comes without one. If the origins are "*", only
 * requests without credentials may be sent: otherwise any page could act as any user.
 * cors may be NULL. */
bool cors_may_send(const struct cors *cors, const struct request *rq);

#endif
