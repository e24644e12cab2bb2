/* dispatch.c: see dispatch.h. The steps are listed in api/route.h. */
#include "serve/dispatch.h"

#include <string.h>

#include "api/args.h"
#include "api/authorize.h"
#include "base/log.h"
#include "http/cors.h"
#include "http/site.h"

/* Is `first` the first part of the path? If the target cannot be parsed, its text
 * decides. */
static bool
begins_with(const struct call *c, enum result parsed, const char *first)
{
	size_t n = strlen(first);

	if (parsed == RC_OK)
		return c->target.n > 0 && str_is(c->target.part[0], first);
	return c->rq->target.n > n + 1 &&
	       strncmp(c->rq->target.p + 1, first, n) == 0;
}

/* The first part of the path selects the API. If that is hidden from the client, the last
 * one answers that there is no such path. */
static const struct api *
choose_api(const struct api *const *apis, const struct call *c, enum result parsed)
{
	for (; (*apis)->first != NULL; apis++)
		if (begins_with(c, parsed, (*apis)->first) &&
		    ((*apis)->hidden == NULL || !(*apis)->hidden(c)))
			break;
	return *apis;
}

static enum result
find_row(const struct api *api, struct call *c)
{
	const char *allow;

	c->route = route_find(api, c, &allow);
	if (c->route != NULL)
		return RC_OK;
	if (allow == NULL)
		return err_set(&c->err, RC_NO_ROUTE, "no such path");
	reply_header(c->rp, "Allow", allow);
	return err_set(&c->err, RC_BAD_METHOD, "this path takes only %s", allow);
}

/* nginx recognizes an upload by its path as it is written, so without %XX. */
static enum result
fail_without_file(struct call *c)
{
	struct str path = c->rq->target;

	path = str_cut(&path, '?');
	if (str_has(path, '%'))
		return err_set(&c->err, RC_BAD_REQUEST,
		    "the path of an upload must be written without %%XX");
	return err_set(&c->err, RC_IO,
	    "nginx did not put the body into a file: see berth's nginx files");
}

static enum result
take_body(struct call *c)
{
	const struct request *rq = c->rq;
	enum result r = RC_OK;

	switch (c->route->body) {
	case BODY_SMALL:
		if (rq->body_file != NULL)
			return err_set(
			    &c->err, RC_BAD_REQUEST, "this is not an upload");
		return rq->read_body(rq, c->route->limit, &c->body, &c->err);
	case BODY_FILE:
		if (rq->body_file != NULL || rq->length <= 0)
			return RC_OK;
		/* if the client did something wrong, that is the answer */
		if (c->route->check != NULL)
			r = c->route->check(c);
		return r == RC_OK ? fail_without_file(c) : r;
	default:
		return RC_OK;
	}
}

/* Checks what can be checked before the other arguments and the body are read. */
static enum result
admit(const struct serve_options *options, const struct api *api, struct call *c,
    enum pass pass)
{
	enum result r = site_admit(options->cors, c->rq, &c->err);

	if (r == RC_OK && api->authenticate != NULL)
		r = api->authenticate(c);
	if (r == RC_OK)
		r = args_read_repository(api, c);
	if (r == RC_OK)
		r = api_authorize(c);
	if (r == RC_OK && api->may_see != NULL)
		r = api->may_see(c);
	if (r == RC_OK)
		r = api_check_limits(c, pass);
	return r;
}

/* Answers the question of nginx whether the body may come. */
static enum result
check_body(struct call *c)
{
	enum result r;

	reply_none(c->rp, 204);
	if (c->route->check == NULL)
		return RC_OK;
	r = args_read(c);
	return r == RC_OK ? c->route->check(c) : r;
}

static enum result
serve_request(struct call *c)
{
	enum result r = args_read(c);

	if (r == RC_OK)
		r = take_body(c);
	return r == RC_OK ? c->route->handler(c) : r;
}

/* An answer to a request with credentials must not be given to others by a cache (RFC
 * 9111, section 5.2.2.7), whatever the API says. */
static void
keep_private(const struct call *c)
{
	const char *control = reply_get(c->rp, "Cache-Control");

	if (control != NULL && strncmp(control, "public", 6) == 0 &&
	    request_has_credentials(c->rq))
		reply_header(c->rp, "Cache-Control",
		    arena_printf(c->task.arena, "private%s", control + 6));
}

enum result
dispatch(const struct serve_options *options, struct call *c, enum pass pass)
{
	const struct api *api;
	enum result r;

	r = target_parse(c->task.arena, c->rq->target, &c->target, &c->err);
	api = choose_api(options->apis, c, r);
	api->headers(c);
	if (r == RC_OK)
		r = find_row(api, c);
	if (r == RC_BAD_METHOD && pass == PASS_SERVE &&
	    strcmp(c->rq->method, "OPTIONS") == 0) {
		reply_none(c->rp, 200);
		r = RC_OK;
	} else if (r == RC_OK) {
		r = admit(options, api, c, pass);
		if (r == RC_OK)
			r = pass == PASS_SERVE ? serve_request(c) : check_body(c);
	}
	if (r != RC_OK)
		api->fail(c, r);
	cors_apply(options->cors, c->rq, c->rp);
	keep_private(c);
	if (c->rp->status >= 400)
		reply_header(c->rp, "X-Request-Id", c->rq->id);
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
dispatch_log(const struct call *c, enum result handled, enum result sent)
{
	enum log_level level = level_of(c->rp, handled, sent);
	const struct request *rq = c->rq;
	const char *fields;

	if (!log_wants(level))
		return;
	fields = arena_printf(rq->arena,
	    "id=%s status=%d method=%s result=%s reason=%s target=%s", rq->id,
	    c->rp->status, rq->method, err_name(sent == RC_OK ? handled : sent),
	    log_value(rq->arena, c->err.text),
	    log_value(rq->arena, str_dup(rq->arena, rq->target)));
	if (sent == RC_OK)
		log_line(level, "request", "%s", fields);
	else
		log_line(level, "request.broken", "%s", fields);
}
