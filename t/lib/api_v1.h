/* api_v1.h: API v1 in one process (api.h). */
#ifndef LIB_API_V1_H
#define LIB_API_V1_H

#include "lib/api.h"

void setup_v1(void);

#endif
