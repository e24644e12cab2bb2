/* cmd.h: the commands of the program. main.c has their table. */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include <stdint.h>

#include "conf/conf.h"

#define CMD_EXIT_USAGE 2

/* The arguments of a command. It returns the exit status: 0; 1, it failed and has written
 * the reason to standard error; 2, a usage error. */
struct command_call {
	struct arena *arena;
	const struct conf *conf;          /* checked */
	const struct conf_source *source; /* to read it again on SIGHUP */
	bool afresh;                      /* --afresh of reindex */
	bool all, report;                 /* --all, --report of bridge */
	uint64_t rate; /* --rate of bridge, bytes in a second; 0: not given */

	/* Options with a text; NULL: not given. */
	const char *get;      /* --get of check-config */
	const char *format;   /* --format of import and export */
	const char *image;    /* --image of import */
	const char *platform; /* --platform of both */

	/* What comes after the options, as many as the table demands. */
	char *const *arguments;
	unsigned n_arguments;
};

int cmd_serve(const struct command_call *call);
int cmd_reindex(const struct command_call *call);
int cmd_bridge(const struct command_call *call);
int cmd_import(const struct command_call *call);
int cmd_export(const struct command_call *call);

#endif
