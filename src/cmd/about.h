/* about.h: what /_ping tells with `debug: true`. */
#ifndef CMD_ABOUT_H
#define CMD_ABOUT_H

#include "base/arena.h"

/* {"host": [...], "launch": [...], "versions": {...}}, as docker-registry 0.9 told of
 * its machine, its command and its parts. */
const char *about_text(struct arena *a);

#endif
