/* fingerprint.h: has anybody written here? Private to this room. */
#ifndef STOREFS_FINGERPRINT_H
#define STOREFS_FINGERPRINT_H

#include <stdint.h>

#include "store/store.h"

/* A number of the path and of what stat(2) says of it: it changes when the file is
 * written or replaced or, for a directory, when names in it come or go. 0: nothing is
 * there. A sum of such numbers does not depend on their order. */
uint64_t fingerprint_of(const struct store *st, const char *path);

#endif
