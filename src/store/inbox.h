/* inbox.h: the inbox: where the web server leaves the bodies of requests for berth to adopt
 * (stage.h). It is on the machine that berth runs on, wherever the store keeps its content. */
#ifndef STORE_INBOX_H
#define STORE_INBOX_H

#include "base/err.h"
#include "store/store.h"

/* Removes bodies that a killed web server has left, as far as that can be known; the web
 * server may run meanwhile. *removed counts them. */
enum result store_inbox_sweep(struct store *st, unsigned *removed, struct err *err);

#endif
