/* service.h: is this a registry, of what kind, and does it work? */
#ifndef OPS_SERVICE_H
#define OPS_SERVICE_H

#include "api/route.h"

handler_fn ops_get_root; /* / */
handler_fn
    ops_get_ping; /* /_ping, /v1/_ping: is this a registry, and of what kind? */

/* /_status, /v1/_status: {"services": ["storage", ...], "failures": {"disk": "full"},
 * "host": "..."}; 503 if one fails. */
handler_fn ops_get_status;

#endif
