/* gate.h: what is decided before a handler runs, and before a body is taken. */
#ifndef SERVE_GATE_H
#define SERVE_GATE_H

#include "http/route.h"

enum pass {
	PASS_CHECK, /* nginx asks, before it reads the body (auth_request) */
	PASS_SERVE
};

/* Permission, length, room on the disk. RC_TOO_LARGE, RC_FULL. Both passes of a
 * request find the same row and so the same answer. In standalone mode every caller
 * may. */
enum result gate_admit(struct request *rq, enum pass pass);

#endif
