/* routes.c: see routes.h. */
#include "ops/routes.h"

#include "ops/service.h"

static const struct route routes[] = {
    {"GET", "/_ping", ops_get_ping, .permission = MAY_ANYTHING},
    {"GET", "/_status", ops_get_status, .permission = MAY_ANYTHING},
    {"GET", "/", ops_get_root, .permission = MAY_ANYTHING},
};

struct api
ops_api(const struct api *form)
{
	return (struct api){.routes = routes,
	    .n_routes = sizeof(routes) / sizeof(routes[0]),
	    .headers = form->headers,
	    .fail = form->fail};
}
