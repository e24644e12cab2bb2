/* buildinfo.h: what /_ping tells with `debug: true`. */
#ifndef CMD_BUILDINFO_H
#define CMD_BUILDINFO_H

#include "base/arena.h"

/* {"host": [...], "launch": [...], "versions": {...}}, as docker-registry 0.9 told of
 * its machine, its command and its parts. */
const char *buildinfo_json(struct arena *a);

#endif
