/* dispatch.c: see dispatch.h. */
#include "serve/dispatch.h"

#include <string.h>

#include "base/log.h"
#include "http/cors.h"
#include "http/site.h"
#include "v1/routes.h"
#include "v2/routes.h"

/* Is `first` the first part of the path? If the target cannot be parsed, its text
 * decides. */
static bool
begins_with(const struct request *rq, enum result parsed, const char *first)
{
	size_t n = strlen(first);

	if (parsed == RC_OK)
		return rq->target.n > 0 && str_is(rq->target.part[0], first);
	return rq->target_text.n > n + 1 &&
	       strncmp(rq->target_text.p + 1, first, n) == 0;
}

/* The first part of the path selects the API. If the API is hidden from the client,
 * the last one answers that there is no such path. */
static const struct api *
choose(const struct request *rq, enum result parsed)
{
	static const struct api *const apis[] = {&v2_api, &v1_api};
	size_t i = 0;

	for (; apis[i]->first != NULL; i++)
		if (begins_with(rq, parsed, apis[i]->first) &&
		    (apis[i]->hidden == NULL || !apis[i]->hidden(rq)))
			break;
	return apis[i];
}

static enum result
find_row(const struct api *api, struct request *rq, const char **allow)
{
	rq->route = route_find(api, rq, allow);
	if (rq->route != NULL)
		return RC_OK;
	if (*allow == NULL)
		return err_set(&rq->err, RC_NO_ROUTE, "no such path");
	return err_set(&rq->err, RC_BAD_METHOD, "not on this path");
}

/* nginx recognizes an upload by its path as it is written, so without %XX. */
static enum result
no_file(struct request *rq)
{
	struct str path = rq->target_text;

	path = str_cut(&path, '?');
	if (str_has(path, '%'))
		return err_set(&rq->err, RC_BAD_REQUEST,
		    "the path of an upload must be written without %%XX");
	return err_set(&rq->err, RC_IO,
	    "nginx did not put the body into a file: see berth's nginx files");
}

static enum result
take_body(struct request *rq, struct reply *rp)
{
	enum result r = RC_OK;

	switch (rq->route->body) {
	case BODY_SMALL:
		if (rq->body_file != NULL)
			return err_set(
			    &rq->err, RC_BAD_REQUEST, "this is not an upload");
		return rq->read_body(rq, rq->route->limit, &rq->body);
	case BODY_FILE:
		if (rq->body_file != NULL || rq->length <= 0)
			return RC_OK;
		/* what the client did wrong comes first */
		if (rq->route->check != NULL)
			r = rq->route->check(rq, rp);
		return r == RC_OK ? no_file(rq) : r;
	default:
		return RC_OK;
	}
}

static enum result
run(const struct api *api, struct request *rq, struct reply *rp, enum pass pass)
{
	enum result r = site_admit(rq->cors, rq);

	if (r == RC_OK)
		r = api->admit(rq);
	if (r == RC_OK)
		r = gate_admit(rq, pass);
	if (r != RC_OK)
		return r;
	if (pass != PASS_SERVE) {
		reply_none(rp, 204);
		return rq->route->check == NULL ? RC_OK : rq->route->check(rq, rp);
	}
	r = take_body(rq, rp);
	return r == RC_OK ? rq->route->handler(rq, rp) : r;
}

/* An answer to a request with credentials must not be given to others by a cache (RFC
 * 9111, section 5.2.2.7), whatever the API says. */
static void
keep_private(const struct request *rq, struct reply *rp)
{
	const char *control = reply_get(rp, "Cache-Control");

	if (control != NULL && strncmp(control, "public", 6) == 0 &&
	    request_has_credentials(rq))
		reply_header(rp, "Cache-Control",
		    arena_printf(rq->arena, "private%s", control + 6));
}

enum result
dispatch(struct request *rq, struct reply *rp, enum pass pass)
{
	const struct api *api;
	const char *allow = NULL;
	enum result r;

	reply_init(rp, rq->arena);
	r = target_parse(rq->arena, rq->target_text, &rq->target, &rq->err);
	api = choose(rq, r);
	api->headers(rq, rp);
	if (r == RC_OK)
		r = find_row(api, rq, &allow);
	if (allow != NULL)
		reply_header(rp, "Allow", allow);
	if (r == RC_BAD_METHOD && pass == PASS_SERVE &&
	    strcmp(rq->method, "OPTIONS") == 0) {
		reply_none(rp, 200);
		r = RC_OK;
	} else if (r == RC_OK) {
		r = run(api, rq, rp, pass);
	}
	if (r != RC_OK)
		api->fail(rq, rp, r);
	cors_apply(rq->cors, rq, rp);
	keep_private(rq, rp);
	if (rp->status >= 400)
		reply_header(rp, "X-Request-Id", rq->id);
	return r;
}

static enum log_level
level_of(const struct reply *rp, enum result handled, enum result sent)
{
	enum result r = sent == RC_OK ? handled : sent;

	if (r == RC_UPSTREAM || r == RC_BUSY)
		return LOG_WARN; /* no fault of this program: no mail */
	if (sent != RC_OK)
		return sent == RC_CLIENT_GONE ? LOG_DEBUG : LOG_ERROR;
	return rp->status >= 500 ? LOG_ERROR : LOG_DEBUG;
}

void
dispatch_log(const struct request *rq, const struct reply *rp, enum result handled,
    enum result sent)
{
	enum log_level level = level_of(rp, handled, sent);

	if (!log_wants(level))
		return;
	log_line(level, sent == RC_OK ? "request" : "request.broken",
	    "id=%s status=%d method=%s result=%s reason=%s target=%s", rq->id,
	    rp->status, rq->method, err_name(sent == RC_OK ? handled : sent),
	    log_value(rq->arena, rq->err.text),
	    log_value(rq->arena, str_dup(rq->arena, rq->target_text)));
}
