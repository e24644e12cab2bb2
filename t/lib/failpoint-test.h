/* failpoint-test.h: runs steps in a process of its own in which one durable step
 * fails, or is the last thing that the process does. */
#ifndef FAILPOINT_TEST_H
#define FAILPOINT_TEST_H

#include <signal.h>

#include "push-test.h"
#include "storefs/failpoint.h"

/* AddressSanitizer keeps what was freed, and each fork copies that. */
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "quarantine_size_mb=1";
}

/* What the process tells; also when it was killed. */
struct told {
	size_t done;        /* steps that were acknowledged */
	enum result result; /* of the step behind them */
	unsigned count;     /* durable steps, up to the one that failed */
	char last[32];      /* its name */
};
static struct told *told;

struct failure {
	char spec[24]; /* "7:die" */
	const struct step *steps;
	size_t n;
};

static inline int
run_and_tell(void *arg)
{
	const struct failure *f = arg;

	open_registry();
	failpoint_arm(f->spec);
	while (told->done < f->n) {
		told->result = run_step(f->steps, f->n, told->done);
		if (told->result != RC_OK)
			break;
		told->done++;
	}
	told->count = failpoint_count();
	(void)snprintf(told->last, sizeof(told->last), "%s", failpoint_last());
	return 0;
}

/* The steps until the n-th durable one, which meets `action`; 128 and the signal
 * when that was the end. */
static inline int
run_until(const struct step *steps, size_t n, unsigned at, const char *action)
{
	struct failure f = {.steps = steps, .n = n};
	int status;

	(void)snprintf(f.spec, sizeof(f.spec), "%u:%s", at, action);
	memset(told, 0, sizeof(*told));
	status = run_in_process(run_and_tell, &f);
	remove_tree(in_dir("_berth/body")); /* nginx goes on and removes its file */
	make_dir("_berth/body");
	return status;
}

/* Where it was: "step 7 of 90 (rename in json of aa, P1)". */
static inline const char *
place_of(const struct step *steps, size_t n, unsigned at, unsigned total,
    const char *name)
{
	const struct step *s = &steps[told->done < n ? told->done : n - 1];
	const char *where = step_name(s);

	if (s->im != NULL && s->verb >= JSON && s->verb <= CHECKSUM)
		where = arena_printf(
		    arena, "%s, P%u reached", where, p_steps_done(s->im));
	return arena_printf(
	    arena, "step %u of %u (%s in %s)", at, total, name, where);
}

/* What the action must lead to: an answer that tells, or no answer. */
static inline const char *
told_fault(int status, const char *action)
{
	if (strcmp(action, "die") == 0)
		return status == 128 + SIGKILL ? NULL : "it was not killed";
	if (status != 0)
		return "it ended otherwise";
	if (told->result != (strcmp(action, "full") == 0 ? RC_FULL : RC_IO))
		return arena_printf(
		    arena, "the client hears: %s", err_name(told->result));
	return NULL;
}

#endif
