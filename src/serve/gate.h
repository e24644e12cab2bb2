/* gate.h: what is decided before a handler runs, and before a body is taken. */
#ifndef SERVE_GATE_H
#define SERVE_GATE_H

#include "api/route.h"

enum pass {
	/* nginx asks before it reads the body (auth_request): */
	PASS_CHECK, /* may this file come? */
	PASS_ASK,   /* may this long document come? */
	PASS_SERVE  /* the request itself */
};

/* Checks the length and the room on the disk, and takes the seat that the row wants for the
 * pass that serves; it is given back with the request's arena. RC_TOO_LARGE, RC_FULL,
 * RC_BUSY. RC_BAD_REQUEST: nginx asks whether a body may come that the row does not take.
 * (nginx decodes a path, and resolves ".." and "//", before it chooses a location; berth
 * cuts the path at its slashes first. So nginx may take something for an upload that is
 * none, and only the row counts.) */
enum result gate_admit(struct request *rq, enum pass pass);

#endif
