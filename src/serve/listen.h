/* listen.h: the socket to which nginx connects. */
#ifndef SERVE_LISTEN_H
#define SERVE_LISTEN_H

#include <stdbool.h>

#include "base/err.h"

/* Is descriptor 0 a listening socket, as systemd and spawn-fcgi pass it on? */
bool listen_inherited(void);

/* Descriptor 0 if it listens, else a Unix socket made at path; a file left there by
 * an earlier berth is removed (the caller owns the store and so its socket). */
enum result listen_open(const char *path, int *fd, struct err *err);

#endif
