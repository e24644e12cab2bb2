/* export.c: `berth export`: one image goes from the registry, which can run at the same time, into
 * a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/interrupt.h"
#include "cmd/open.h"
#include "port/port.h"

int
cmd_export(const struct command_call *call)
{
	struct port_export how = {.path = call->arguments[1],
	    .platform = call->platform,
	    .stop = &interrupt_came};
	struct registry *reg;
	const char *what;
	struct err err;

	if (call->format != NULL && !port_format_parse(call->format, &how.format)) {
		(void)fprintf(stderr,
		    "berth: \"%s\" is not a format: use " PORT_FORMAT_NAMES "\n",
		    call->format);
		return CMD_EXIT_USAGE;
	}
	if (port_name_parse(call->arena, call->arguments[0], &how.from, &err) !=
	    RC_OK) {
		open_complain("export", &err);
		return CMD_EXIT_USAGE;
	}
	reg = open_registry(call->arena, call->conf);
	if (reg == NULL)
		return EXIT_FAILURE;
	interrupt_catch(); /* so that what was written so far is removed */
	if (port_export(
		&(struct task){.reg = reg, .arena = call->arena, .err = &err}, &how,
		&what) != RC_OK) {
		open_complain("export", &err);
		return EXIT_FAILURE;
	}
	if (strcmp(how.path, "-") != 0)
		(void)printf("%s %s\n", how.path, what);
	return EXIT_SUCCESS;
}
