/* base.h: GET /v2/: somebody is here who speaks API v2. */
#ifndef V2_BASE_H
#define V2_BASE_H

#include "api/route.h"

handler_fn v2_get_base;

#endif
