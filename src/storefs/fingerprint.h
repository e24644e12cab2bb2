/* fingerprint.h: finds out whether anybody, berth or another server, has written to a place of the
 * store. Private to this room. */
#ifndef STOREFS_FINGERPRINT_H
#define STOREFS_FINGERPRINT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "store/store.h"

/* A number made of the path and of what stat(2) says of it: it changes when the file is
 * written or replaced or, for a directory, when names in it come or go. 0: nothing is
 * there. The sum of several such numbers does not depend on their order. */
uint64_t fingerprint_of(const struct store *st, const char *path);

/* A fingerprint, or a sum of them, as the text of a version (store/repository.h). */
struct str fingerprint_text(struct arena *a, uint64_t fingerprint);

#endif
