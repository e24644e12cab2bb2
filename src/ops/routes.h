/* routes.h: the table of what belongs to neither API. */
#ifndef OPS_ROUTES_H
#define OPS_ROUTES_H

#include "api/route.h"

/* It answers every path that no other API claims. docker-registry served /, /_ping and
 * /_status with the headers and errors of API v1, and clients know them so: `form` is the API
 * whose headers and errors are used. */
struct api ops_api(const struct api *form);

#endif
