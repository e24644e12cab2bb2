/* import.c: `berth import`: one image comes from a file into the registry, which can run at the
 * same time. */
#include <stdio.h>
#include <stdlib.h>

#include "cmd/cmd.h"
#include "cmd/open.h"
#include "port/port.h"

/* The arguments after the path: where the image goes. */
static enum result
read_names(
    const struct command_call *call, struct port_import *how, struct err *err)
{
	struct port_name *to = arena_alloc(
	    call->arena, call->n_arguments * sizeof(*to));
	enum result r = RC_OK;
	unsigned i;

	how->n_to = call->n_arguments - 1;
	how->to = to;
	for (i = 0; r == RC_OK && i < how->n_to; i++) {
		r = port_name_parse(
		    call->arena, call->arguments[i + 1], &to[i], err);
		if (r == RC_OK && to[i].digest != NULL)
			r = err_set(err, RC_BAD_NAME,
			    "%s: an image is imported under a tag, not a digest",
			    call->arguments[i + 1]);
	}
	return r;
}

int
cmd_import(const struct command_call *call)
{
	struct port_import how = {.path = call->arguments[0],
	    .image = call->image,
	    .platform = call->platform};
	struct registry *reg;
	const char *what;
	struct err err;
	size_t i;

	if (call->format != NULL && !port_format_parse(call->format, &how.format)) {
		(void)fprintf(stderr,
		    "berth: \"%s\" is not a format: use " PORT_FORMAT_NAMES "\n",
		    call->format);
		return CMD_EXIT_USAGE;
	}
	if (read_names(call, &how, &err) != RC_OK) {
		open_complain("import", &err);
		return CMD_EXIT_USAGE;
	}
	reg = open_registry(call->arena, call->conf);
	if (reg == NULL)
		return EXIT_FAILURE;
	if (port_import(
		&(struct task){.reg = reg, .arena = call->arena, .err = &err}, &how,
		&what) != RC_OK) {
		open_complain("import", &err);
		return EXIT_FAILURE;
	}
	for (i = 0; i < how.n_to; i++)
		(void)printf(
		    "%s:%s %s\n", how.to[i].repository, how.to[i].tag, what);
	return EXIT_SUCCESS;
}
