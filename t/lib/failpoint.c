/* failpoint.c: see failpoint.h. */
#include "lib/failpoint.h"

#ifdef BERTH_FAILPOINTS

#include <signal.h>

#include "storefs/failpoint.h"

struct report *report;

/* AddressSanitizer keeps memory that was freed, and each fork would copy that. */
const char *__asan_default_options(void);

__attribute__((visibility("default"))) const char *
__asan_default_options(void)
{
	return "quarantine_size_mb=1";
}

struct run {
	const struct scenario *s;
	char spec[24]; /* "7:die" */
};

static int
run_and_report(void *arg)
{
	const struct run *run = arg;
	const struct scenario *s = run->s;

	if (s->start != NULL)
		s->start();
	failpoint_arm(run->spec);
	for (; report->done < s->end; report->done++) {
		report->result = s->step(report->done);
		if (report->result != RC_OK)
			break;
	}
	report->count = failpoint_count();
	(void)snprintf(report->last, sizeof(report->last), "%s", failpoint_last());
	return 0;
}

int
run_until(const struct scenario *s, unsigned n, const char *action)
{
	struct run run = {.s = s};
	int status;

	if (report == NULL)
		report = share(sizeof(*report));
	*report = (struct report){.done = s->first};
	(void)snprintf(run.spec, sizeof(run.spec), "%u:%s", n, action);
	status = run_in_process(run_and_report, &run);
	remove_bodies(); /* nginx lives on and removes its file */
	return status;
}

/* The failure must reach the client, or the client gets no answer. */
static const char *
report_fault(int status, const char *action)
{
	if (strcmp(action, "die") == 0)
		return status == 128 + SIGKILL ? NULL : "it was not killed";
	if (status != 0)
		return arena_printf(arena, "the process ended with %d", status);
	if (report->result != (strcmp(action, "full") == 0 ? RC_FULL : RC_IO))
		return arena_printf(
		    arena, "the client gets %s", err_name(report->result));
	return NULL;
}

/* name: the durable step, which a killed process cannot report. */
static void
try_failure(const struct scenario *s, unsigned n, unsigned total,
    const char *action, char name[32])
{
	struct arena *outer = arena;
	const char *fault, *step;
	int status;

	arena = arena_new();
	s->prepare();
	status = run_until(s, n, action);
	if (report->count > 0)
		(void)snprintf(name, 32, "%s", report->last);
	step = s->name(report->done < s->end ? report->done : s->end - 1);
	fault = report_fault(status, action);
	if (fault == NULL)
		fault = s->fault();
	if (!ok(fault == NULL, "%s, %s at step %u of %u (%s in %s)", s->what,
		action, n, total, name, step))
		printf("# %s\n", fault);
	arena_free(arena);
	arena = outer;
}

/* How many durable steps there are. */
static unsigned
count_steps(const struct scenario *s)
{
	s->prepare();
	is_int(run_until(s, 0, "count"), 0, "%s: nothing fails", s->what);
	is_int(report->done, s->end, "all its steps succeed");
	if (s->complete != NULL)
		s->complete();
	return report->count;
}

void
fail_at_each_step(const struct scenario *s)
{
	static const char *const actions[] = {"io", "full", "die"};
	unsigned n, total = count_steps(s);
	char name[32] = "";
	size_t i;

	for (n = 1; n <= total; n++)
		for (i = 0; i < COUNT(actions); i++)
			try_failure(s, n, total, actions[i], name);
}

#endif
