/* must.c: calls that must succeed end the process when they do not. */
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/must.h"
#include "lib/unit.h"

static void
ask_for_too_much(void)
{
	free(must_alloc(SIZE_MAX / 2, 3));
}

static void
have_nothing(void)
{
	(void)must_have(NULL);
}

static void
fail(void)
{
	must_succeed(false, "EVP_DigestSign");
}

/* What call() writes to standard error before it aborts; "" if it does not abort. */
static const char *
last_words(void (*call)(void))
{
	char *text = arena_alloc(arena, 100);
	int ends[2], status;
	pid_t pid;

	set_up(pipe(ends));
	set_up(pid = fork());
	if (pid == 0) {
		(void)dup2(ends[1], STDERR_FILENO);
		call();
		_exit(0);
	}
	set_up(waitpid(pid, &status, 0));
	set_up(close(ends[1]));
	set_up(read(ends[0], text, 99));
	set_up(close(ends[0]));
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT ? text : "";
}

static void
test_alloc(void)
{
	static const char zeros[100];
	char *p = must_alloc(10, 10), *none = must_alloc(0, 10);

	ok(memcmp(p, zeros, 100) == 0, "n elements of zeros");
	ok(none != NULL, "no elements are memory too");
	free(none);
	ok(must_have(p) == p, "must_have() returns what it was given");
	free(p);
	must_succeed(true, "nothing");
}

static void
test_failure(void)
{
	is_str(last_words(have_nothing), "berth: out of memory\n",
	    "must_have(NULL) aborts and says why");
	is_str(last_words(fail), "berth: EVP_DigestSign failed\n",
	    "a call that failed is named");
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	/* A sanitizer ends the process at such a calloc(3) with its own report. */
	is_str(last_words(ask_for_too_much), "berth: out of memory\n",
	    "a size that overflows is not a small block");
#else
	(void)ask_for_too_much;
#endif
}

int
main(void)
{
	static void (*const tests[])(void) = {test_alloc, test_failure};

	return run_tests(tests, COUNT(tests));
}
