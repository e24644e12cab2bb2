/* fnv.h: the hash FNV-1a of 64 bits, for tables and fingerprints that nobody attacks. */
#ifndef BASE_FNV_H
#define BASE_FNV_H

#include <stddef.h>
#include <stdint.h>

#define FNV_START ((uint64_t)0xcbf29ce484222325u) /* of no bytes */

/* The hash h of some bytes becomes that of these n bytes after them. */
uint64_t fnv_add(uint64_t h, const void *p, size_t n);

#endif
