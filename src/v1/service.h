/* service.h: the registry itself. */
#ifndef V1_SERVICE_H
#define V1_SERVICE_H

#include "api/route.h"

handler_fn v1_get_root; /* / */
handler_fn v1_get_ping; /* /_ping, /v1/_ping: is it a registry, and of what kind? */

/* /_status, /v1/_status: {"services": ["storage", ...], "failures": {"disk": "full"},
 * "host": "..."}; 503 when one fails. */
handler_fn v1_get_status;

#endif
