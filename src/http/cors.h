/* cors.h: Cross-Origin Resource Sharing (the Fetch standard, "CORS protocol"), with the
 * options that docker-registry 0.9 took: a page of another site may read the registry. */
#ifndef HTTP_CORS_H
#define HTTP_CORS_H

#include <stdbool.h>

#include "http/reply.h"
#include "http/request.h"

struct cors {
	/* "https://site", or "*", and NULL at the end; NULL: CORS is off */
	const char *const *origins;
	const char *methods; /* for the answer to a preflight: "GET, HEAD" */
	const char *headers; /* that a request may have; NULL: those it asks for */
	const char *expose_headers; /* NULL: none */
	unsigned max_age; /* seconds for which a preflight holds; 0: not set */
	bool supports_credentials;
	bool send_wildcard; /* answer "*" to origins "*", not the caller's origin */
	bool always_send;   /* also for a request without Origin */
	bool vary_header;   /* Vary: Origin, if the answer depends on it */
};

/* Adds the headers of CORS to a reply, if the request's Origin is allowed. A preflight
 * (OPTIONS with Access-Control-Request-Method) gets other headers than a request. The
 * headers point into cors. */
void cors_apply(
    const struct cors *cors, const struct request *rq, struct reply *rp);

/* May a page of this Origin send a request with this method? The browser asks by a
 * preflight, but not before the POST of a form. If the origins are "*", only
 * requests without credentials may be sent: otherwise any page could act as any user.
 * cors may be NULL. */
bool cors_may_send(const struct cors *cors, const struct request *rq);

#endif
