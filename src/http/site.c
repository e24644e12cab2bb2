/* site.c: see site.h. */
#include "http/site.h"

#include <string.h>

#include "http/origin.h"

static bool
changes_nothing(const char *method)
{
	return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0 ||
	       strcmp(method, "OPTIONS") == 0;
}

/* Is it "scheme://" and then the host that the client asked? */
static bool
is_own_origin(const struct request *rq, struct str origin)
{
	struct str host = origin_host(rq);
	const char *text = str_dup(rq->arena, origin), *own = strstr(text, "://");

	return own != NULL && host.n > 0 && str_is_nocase(host, own + 3);
}

static bool
comes_from_other_site(const struct request *rq, struct str origin)
{
	struct str site = request_header(rq, "Sec-Fetch-Site");

	if (site.n > 0)
		return !str_is(site, "same-origin") && !str_is(site, "none");
	return origin.n > 0 && !is_own_origin(rq, origin);
}

enum result
site_admit(const struct cors *cors, const struct request *rq, struct err *err)
{
	struct str origin = request_header(rq, "Origin");

	if (changes_nothing(rq->method) || !comes_from_other_site(rq, origin) ||
	    cors_may_send(cors, rq))
		return RC_OK;
	return err_set(err, RC_OTHER_SITE,
	    "a page of another site (%.*s) may not do this: cors.origins and "
	    "cors.methods must allow it",
	    STR_ARG(origin));
}
