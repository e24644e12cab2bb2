/* serve_auth.h: who comes in, by the configuration. */
#ifndef CMD_SERVE_AUTH_H
#define CMD_SERVE_AUTH_H

#include "auth/auth.h"
#include "base/arena.h"
#include "base/err.h"
#include "conf/conf.h"

/* Fills in all but `remote`. The privileged key is read from its file; a secret that is
 * not configured is made up once a process and its children, so tokens end with berth.
 * RC_IO, RC_BAD_DATA: err names the key of config.yml; *out is as it was. */
enum result serve_auth(
    struct arena *a, const struct conf *conf, struct auth *out, struct err *err);

#endif
