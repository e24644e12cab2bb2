/* routes.h: Docker Registry API v2, as the OCI distribution-spec 1.1 has it. */
#ifndef V2_ROUTES_H
#define V2_ROUTES_H

#include "api/route.h"

extern const struct api v2_api;

#endif
