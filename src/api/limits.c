/* limits.c: see limits.h. */
#include "api/limits.h"

#include "registry/capacity.h"
#include "registry/worklimit.h"

enum result
api_check_limits(struct call *c, enum pass pass)
{
	const struct route *route = c->route;
	int64_t length = c->rq->length;

	if (pass == PASS_CHECK && route->body != BODY_FILE)
		return err_set(&c->err, RC_BAD_REQUEST, "this is not an upload");
	if (pass == PASS_ASK && route->body != BODY_SMALL)
		return err_set(&c->err, RC_BAD_REQUEST, "this path takes no body");
	if (route->body == BODY_SMALL && length > (int64_t)route->limit)
		return err_set(&c->err, RC_TOO_LARGE,
		    "the body has %lld bytes, the limit is %zu", (long long)length,
		    route->limit);
	/* when the body is on the disk, it is too late to refuse it */
	if (route->body == BODY_FILE && pass == PASS_CHECK)
		return capacity_check(&c->task, length);
	if (pass != PASS_SERVE || route->cost.late)
		return RC_OK;
	return worklimit_enter(&c->task, route_cost(route, length));
}
