/* inbox.h: removes what killed processes left behind. */
#ifndef STORE_INBOX_H
#define STORE_INBOX_H

#include <stdint.h>

#include "base/err.h"
#include "store/store.h"

/* Body files of a killed nginx: those that no process has open, which a lease tells
 * (fcntl(2), F_SETLEASE), and where the file system knows no leases, those older
 * than a day. Safe while nginx runs. *removed counts them. */
enum result store_inbox_sweep(struct store *st, unsigned *removed, struct err *err);

#endif
