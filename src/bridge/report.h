/* report.h: what each tag of the store has in the other API. */
#ifndef BRIDGE_REPORT_H
#define BRIDGE_REPORT_H

#include <stdbool.h>

#include "base/err.h"
#include "registry/task.h"

enum bridge_state {
	BRIDGE_THERE,    /* the other API answers with it */
	BRIDGE_NOT_MADE, /* it will, once the form is made (make.h) */
	BRIDGE_REFUSED,  /* the image has no form there */
	BRIDGE_COVERED /* a tag of API v1; API v2 has one of the same name, which counts */
};

struct bridge_line {
	bool v1;                /* a tag of API v1; else of API v2 */
	const char *repository; /* as that API has it */
	const char *tag;
	enum bridge_state state;
	/* Of BRIDGE_REFUSED and BRIDGE_COVERED: why. May hold any bytes that clients sent. */
	const char *reason;
};

/* Each tag once: those of API v1, then those of API v2. Makes nothing: damage in a layer is only
 * found when it is read. visit returning false ends it. What cannot be read of one tag is its
 * reason, and does not end it. */
enum result bridge_report(const struct task *t,
    bool (*visit)(void *arg, const struct bridge_line *line), void *arg);

#endif
