/* cors.c: see cors.h. */
#include "http/cors.h"

#include <string.h>

static bool
takes_any(const struct cors *cors)
{
	return strcmp(cors->origins[0], "*") == 0;
}

/* Does every caller get the same header? Never one with credentials. */
static bool
is_wild(const struct cors *cors)
{
	return takes_any(cors) && cors->send_wildcard &&
	       !cors->supports_credentials;
}

static const char *
listed(const struct cors *cors, struct str origin)
{
	size_t i;

	for (i = 0; cors->origins[i] != NULL; i++)
		if (str_is(origin, cors->origins[i]))
			return cors->origins[i];
	return NULL;
}

/* The origin for a request without Origin, whose answer a cache may keep for others: of
 * several origins none is right for all. */
static const char *
origin_for_caches(const struct cors *cors)
{
	if (!cors->always_send)
		return NULL;
	if (takes_any(cors))
		return cors->supports_credentials ? NULL : "*";
	return cors->origins[1] == NULL ? cors->origins[0] : NULL;
}

/* NULL: the caller may not read the answer. */
static const char *
allowed_origin(const struct cors *cors, const struct request *rq)
{
	struct str origin = request_header(rq, "Origin");

	if (origin.n == 0)
		return origin_for_caches(cors);
	if (is_wild(cors))
		return "*";
	return takes_any(cors) ? str_dup(rq->arena, origin) : listed(cors, origin);
}

static void
apply_preflight(const struct cors *cors, const struct request *rq, struct reply *rp)
{
	struct str asked = request_header(rq, "Access-Control-Request-Headers");

	reply_header(rp, "Access-Control-Allow-Methods", cors->methods);
	if (cors->headers != NULL)
		reply_header(rp, "Access-Control-Allow-Headers", cors->headers);
	else if (asked.n > 0)
		reply_header(
		    rp, "Access-Control-Allow-Headers", str_dup(rq->arena, asked));
	if (cors->max_age > 0)
		reply_header(rp, "Access-Control-Max-Age",
		    arena_printf(rq->arena, "%u", cors->max_age));
}

/* The answer may vary with more than the origin. */
static void
vary_with_origin(struct reply *rp)
{
	const char *more = reply_get(rp, "Vary");

	reply_header(rp, "Vary",
	    more == NULL ? "Origin" : arena_printf(rp->arena, "%s, Origin", more));
}

void
cors_apply(const struct cors *cors, const struct request *rq, struct reply *rp)
{
	const char *origin;

	if (cors == NULL || cors->origins == NULL)
		return;
	if (cors->vary_header && !is_wild(cors))
		vary_with_origin(rp);
	origin = allowed_origin(cors, rq);
	if (origin == NULL)
		return;
	reply_header(rp, "Access-Control-Allow-Origin", origin);
	if (cors->supports_credentials)
		reply_header(rp, "Access-Control-Allow-Credentials", "true");
	if (strcmp(rq->method, "OPTIONS") == 0 &&
	    request_has_header(rq, "Access-Control-Request-Method"))
		apply_preflight(cors, rq, rp);
	else if (cors->expose_headers != NULL)
		reply_header(
		    rp, "Access-Control-Expose-Headers", cors->expose_headers);
}

static bool
allows_origin(const struct cors *cors, const struct request *rq)
{
	if (takes_any(cors))
		return !request_has_credentials(rq);
	return listed(cors, request_header(rq, "Origin")) != NULL;
}

bool
cors_may_send(const struct cors *cors, const struct request *rq)
{
	struct str rest, one;

	if (cors == NULL || cors->origins == NULL || !allows_origin(cors, rq))
		return false;
	rest = str_of(cors->methods);
	while (rest.p != NULL && rest.n > 0) {
		one = str_trim(str_cut(&rest, ','));
		if (str_is(one, rq->method))
			return true;
	}
	return false;
}
