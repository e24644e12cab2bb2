/* open.h: opens the registry as the configuration describes it. */
#ifndef CMD_OPEN_H
#define CMD_OPEN_H

#include "conf/conf.h"
#include "registry/registry.h"

/* Opens the store; the index is opened when it is first used. Returns NULL on failure, with
 * the reason on standard error. The registry lives in the arena. */
struct registry *open_registry(struct arena *a, const struct conf *conf);

/* The platform of the images that old dockers get (bridge.platform). */
const struct v1chain_platform *open_platform(
    struct arena *a, const struct conf *conf);

/* Writes "berth: what: why" to standard error. */
void open_complain(const char *what, const struct err *err);

#endif
