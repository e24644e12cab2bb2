/* cmd.h: what `berth COMMAND` can be. main.c has the table. */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "conf/conf.h"

/* A command gets the checked configuration and what stood behind its own name; it
 * returns the exit status: 0, 1 (it failed and said so), 2 (it was called wrongly).
 */
struct command_call {
	struct arena *arena;
	const struct conf_source *source; /* to read the configuration anew */
	const struct conf *conf;
	bool afresh;     /* --afresh of reindex */
	const char *get; /* --get of check-config; NULL: without */
};

int cmd_serve(const struct command_call *call);
int cmd_reindex(const struct command_call *call);

#endif
