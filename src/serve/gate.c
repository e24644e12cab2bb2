/* gate.c: see gate.h. */
#include "serve/gate.h"

#include "registry/capacity.h"
#include "registry/worklimit.h"

enum result
gate_admit(struct request *rq, enum pass pass)
{
	const struct route *route = rq->route;

	if (pass == PASS_CHECK && route->body != BODY_FILE)
		return err_set(&rq->err, RC_BAD_REQUEST, "this is not an upload");
	if (pass == PASS_ASK && route->body != BODY_SMALL)
		return err_set(&rq->err, RC_BAD_REQUEST, "no body is taken here");
	if (route->body == BODY_SMALL && rq->length > (int64_t)route->limit)
		return err_set(&rq->err, RC_TOO_LARGE,
		    "%lld bytes, the limit is %zu", (long long)rq->length,
		    route->limit);
	/* once the body is on the disk there is nothing left to refuse */
	if (route->body == BODY_FILE && pass == PASS_CHECK)
		return capacity_check(request_task(rq), rq->length);
	if (pass != PASS_SERVE || route->cost.late)
		return RC_OK;
	return worklimit_enter(request_task(rq), route_cost(route, rq->length));
}
