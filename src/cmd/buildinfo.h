/* buildinfo.h: the body of GET /_ping with `debug: true`. */
#ifndef CMD_BUILDINFO_H
#define CMD_BUILDINFO_H

#include "base/arena.h"

/* {"host": [...], "launch": [...], "versions": {...}}, as in docker-registry 0.9: the
 * machine, the command line and the versions. */
const char *buildinfo_json(struct arena *a);

#endif
