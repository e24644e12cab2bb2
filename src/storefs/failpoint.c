/* failpoint.c: see failpoint.h. */
#include "storefs/failpoint.h"

#ifdef BERTH_FAILPOINTS

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static bool armed_by_env;
static unsigned count, target;
static char action[8] = "count";
static const char *last = "";

static void
arm(const char *spec)
{
	count = 0;
	last = "";
	if (sscanf(spec, "%u:%7s", &target, action) != 2)
		target = 0;
}

void
failpoint_arm(const char *spec)
{
	(void)pthread_mutex_lock(&mutex);
	armed_by_env = true;
	arm(spec);
	(void)pthread_mutex_unlock(&mutex);
}

static bool
hit_locked(const char *step)
{
	const char *env;

	if (!armed_by_env && (env = getenv("BERTH_FAILPOINT")) != NULL)
		arm(env);
	armed_by_env = true;
	last = step;
	if (++count != target)
		return false;
	if (strcmp(action, "die") == 0)
		(void)kill(getpid(), SIGKILL);
	errno = strcmp(action, "full") == 0 ? ENOSPC : EIO;
	return true;
}

bool
failpoint_hit(const char *step)
{
	bool fail;

	(void)pthread_mutex_lock(&mutex);
	fail = hit_locked(step);
	(void)pthread_mutex_unlock(&mutex);
	return fail;
}

unsigned
failpoint_count(void)
{
	return count;
}

const char *
failpoint_last(void)
{
	return last;
}

#else

typedef int failpoint_none; /* ISO C wants something in a file */

#endif
