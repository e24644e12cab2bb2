/* reindex.c: `berth reindex`: rebuilds the index from the store; the registry can run at
 * the same time. After an interruption the next call, or the next start of the registry,
 * continues. */
#include "registry/reindex.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/open.h"
#include "cmd/progress.h"

static volatile sig_atomic_t stop;

static void
on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

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
cmd_reindex(const struct command_call *call)
{
	struct registry *reg = open_registry(call->arena, call->conf);
	struct progress progress;
	struct reindex options = {.afresh = call->afresh,
	    .stop = &stop,
	    .progress = progress_step,
	    .arg = &progress};
	bool done = false;
	struct err err;
	enum result r;

	if (reg == NULL)
		return EXIT_FAILURE;
	catch_signals();
	progress_begin(&progress, stdout);
	r = reindex_run(&(struct task){.reg = reg, .err = &err}, &options, &done);
	if (r != RC_OK) {
		open_complain("reindex", &err);
		return EXIT_FAILURE;
	}
	progress_end(
	    &progress, done ? "done" : "interrupted: run it again to continue");
	return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
