/* open.h: the rooms, put together from the configuration. */
#ifndef CMD_OPEN_H
#define CMD_OPEN_H

#include "conf/conf.h"
#include "registry/registry.h"

/* Opens the store; the index when it is first used. On failure says why on standard
 * error and returns NULL. The registry lives in the arena. */
struct registry *open_registry(struct arena *a, const struct conf *conf);

/* "berth: what: why" on standard error. */
void open_complain(const char *what, const struct err *err);

#endif
