/* version_check.h: GET /v2/: does this registry speak API v2? Private to this room. */
#ifndef V2_VERSION_CHECK_H
#define V2_VERSION_CHECK_H

#include "api/route.h"

handler_fn v2_check_version;

#endif
