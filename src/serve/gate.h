/* gate.h: what is decided before a handler runs, and before a body is taken. */
#ifndef SERVE_GATE_H
#define SERVE_GATE_H

#include "http/route.h"

enum pass {
	/* nginx asks before it reads the body (auth_request): */
	PASS_CHECK, /* a file, */
	PASS_ASK, /* or a small one that is so long that it becomes a file for a while */
	PASS_SERVE
};

/* Length, room on the disk, and for the pass that serves the seat that the row wants, which
 * is given back with the request's arena. RC_TOO_LARGE, RC_FULL, RC_BUSY. RC_BAD_REQUEST:
 * nginx asks whether a body may come that the row does not take. nginx decodes a path, and
 * resolves ".." and "//", before it chooses its place of uploads; berth cuts it at its
 * slashes first. So nginx may take for an upload what is none here, and only this row
 * counts. */
enum result gate_admit(struct request *rq, enum pass pass);

#endif
