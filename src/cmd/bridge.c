/* bridge.c: `berth bridge`: makes a store ready for the other API, or reports what is not
 * there. The registry can run at the same time. */
#include <stdio.h>
#include <stdlib.h>

#include "bridge/all.h"
#include "bridge/report.h"
#include "cmd/cmd.h"
#include "cmd/interrupt.h"
#include "cmd/open.h"
#include "cmd/print_text.h"
#include "cmd/progress.h"
#include "registry/reindex.h"

/* Nobody waits for the answer, so other requests may go first. */
#define PATIENCE_MS 60000

/* ---- --all ---- */

struct shown {
	struct progress progress;
	unsigned long made;
};

static void
show_step(void *arg, unsigned long done, unsigned long made, const char *name)
{
	struct shown *shown = arg;

	shown->made = made;
	progress_step(&shown->progress, done, name);
}

static const char *
how_it_ended(bool done)
{
	if (done)
		return "done";
	if (interrupt_came)
		return "interrupted: run it again to go on from here";
	return "not all: see the messages; run it again when their causes are gone";
}

static int
make_all(const struct command_call *call, const struct task *t)
{
	struct shown shown = {
	    .progress = {.out = stdout, .command = "bridge", .things = "tags"}};
	const struct bridge_all how = {.bytes_per_second = call->rate,
	    .stop = &interrupt_came,
	    .progress = show_step,
	    .arg = &shown};
	bool done;
	enum result r;

	interrupt_catch();
	progress_begin(&shown.progress);
	r = reindex_prepare(t);
	if (r == RC_OK)
		r = bridge_all(t, &how, &done);
	if (r != RC_OK) {
		open_complain("bridge", t->err);
		return EXIT_FAILURE;
	}
	progress_end(
	    &shown.progress, arena_printf(call->arena, "%lu images were made, %s",
				 shown.made, how_it_ended(done)));
	return done ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* ---- --report ---- */

struct counted {
	unsigned long tags[BRIDGE_COVERED + 1]; /* in each state */
};

static bool
print_line(void *arg, const struct bridge_line *line)
{
	struct counted *counted = arg;

	counted->tags[line->state]++;
	if (line->state != BRIDGE_REFUSED && line->state != BRIDGE_COVERED)
		return true;
	(void)fputs(line->v1 ? "v1\t" : "v2\t", stdout);
	print_text(stdout, line->repository);
	(void)putchar('\t');
	print_text(stdout, line->tag);
	(void)putchar('\t');
	print_text(stdout, line->reason);
	(void)putchar('\n');
	return ferror(stdout) == 0;
}

static int
report(const struct task *t)
{
	struct counted counted = {.tags = {0}};
	const unsigned long *n = counted.tags;

	if (bridge_report(t, print_line, &counted) != RC_OK) {
		open_complain("bridge", t->err);
		return EXIT_FAILURE;
	}
	if (fflush(stdout) != 0 || ferror(stdout) != 0) {
		(void)fprintf(
		    stderr, "berth: bridge: the report could not be written\n");
		return EXIT_FAILURE;
	}
	(void)fprintf(stderr,
	    "bridge: %lu tags are in both APIs, %lu will be when they are asked for "
	    "(or now, with --all), %lu cannot be, %lu are hidden by a tag of API v2 of the same name\n",
	    n[BRIDGE_THERE], n[BRIDGE_NOT_MADE], n[BRIDGE_REFUSED],
	    n[BRIDGE_COVERED]);
	return EXIT_SUCCESS;
}

int
cmd_bridge(const struct command_call *call)
{
	struct registry *reg;
	struct err err;
	const struct task *t;

	if (call->all == call->report || (call->report && call->rate > 0)) {
		(void)fprintf(stderr,
		    "berth: bridge needs --all, with or without --rate, or --report\n");
		return CMD_EXIT_USAGE;
	}
	reg = open_registry(call->arena, call->conf);
	if (reg == NULL)
		return EXIT_FAILURE;
	reg->patience_ms = PATIENCE_MS;
	t = &(struct task){.reg = reg, .arena = call->arena, .err = &err};
	return call->all ? make_all(call, t) : report(t);
}
