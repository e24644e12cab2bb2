/* api_v1.h: API v1 in one process (api.h). */
#ifndef LIB_API_V1_H
#define LIB_API_V1_H

#include "lib/api.h"

extern const struct tested api_v1;

/* The index is complete, as that of a registry that has been running for a while. */
void setup_v1(void);

#endif
