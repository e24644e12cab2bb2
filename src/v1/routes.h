/* routes.h: Docker Registry API v1, as docker-registry 0.x served it (standalone
 * mode). */
#ifndef V1_ROUTES_H
#define V1_ROUTES_H

#include "api/route.h"

extern const struct api v1_api;

#endif
