/* fnv.h: the hash FNV-1a of 64 bits, for tables and fingerprints. Not for input of an
 * attacker, who can construct collisions. */
#ifndef BASE_FNV_H
#define BASE_FNV_H

#include <stddef.h>
#include <stdint.h>

#define FNV_START ((uint64_t)0xcbf29ce484222325u) /* of no bytes */

/* Returns the hash of the bytes of h, followed by these n bytes. */
uint64_t fnv_add(uint64_t h, const void *p, size_t n);

#endif
