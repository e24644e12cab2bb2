/* serve_auth.h: the options of the room auth, from the configuration. */
#ifndef CMD_SERVE_AUTH_H
#define CMD_SERVE_AUTH_H

#include "auth/auth.h"
#include "base/arena.h"
#include "base/err.h"
#include "conf/conf.h"

/* Fills in all members but `remote`. Reads the privileged key from its file. If no secret
 * is configured, a random one is generated once: tokens are then invalid after a restart.
 * RC_IO, RC_BAD_DATA: err has the name of the setting; *out is unchanged. */
enum result serve_auth(
    struct arena *a, const struct conf *conf, struct auth *out, struct err *err);

#endif
