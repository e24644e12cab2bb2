/* reindex.c: `berth reindex`: rebuilds the index from the store; the registry can run at
 * the same time. After an interruption the next call, or the next start of the registry,
 * continues. */
#include "registry/reindex.h"

#include <stdlib.h>

#include "cmd/cmd.h"
#include "cmd/interrupt.h"
#include "cmd/open.h"
#include "cmd/progress.h"

int
cmd_reindex(const struct command_call *call)
{
	struct registry *reg = open_registry(call->arena, call->conf);
	struct progress progress = {
	    .out = stdout, .command = "reindex", .things = "repositories"};
	struct reindex options = {.afresh = call->afresh,
	    .stop = &interrupt_came,
	    .progress = progress_step,
	    .arg = &progress};
	bool done = false;
	struct err err;
	enum result r;

	if (reg == NULL)
		return EXIT_FAILURE;
	interrupt_catch();
	progress_begin(&progress);
	r = reindex_run(&(struct task){.reg = reg, .err = &err}, &options, &done);
	if (r != RC_OK) {
		open_complain("reindex", &err);
		return EXIT_FAILURE;
	}
	progress_end(
	    &progress, done ? "done" : "interrupted: run it again to continue");
	return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
