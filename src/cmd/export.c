/* export.c: `berth export`: one image goes from the registry, which can run at the same time, into
 * a file. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/open.h"
#include "port/port.h"

static volatile sig_atomic_t stop;

static void
on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

/* So that what was written so far is removed. */
static void
catch_signals(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_signal;
	(void)sigaction(SIGINT, &sa, NULL);
	(void)sigaction(SIGTERM, &sa, NULL);
}

int
cmd_export(const struct command_call *call)
{
	struct port_export how = {
	    .path = call->arguments[1], .platform = call->platform, .stop = &stop};
	struct registry *reg;
	const char *what;
	struct err err;

	if (call->format != NULL && !port_format_parse(call->format, &how.format)) {
		(void)fprintf(stderr, "berth: not a format: %s\n", call->format);
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
	catch_signals();
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
