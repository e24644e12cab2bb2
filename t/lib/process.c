/* process.c: see process.h. */
#include "lib/process.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/tap.h"

void *
share(size_t n)
{
	void *p = mmap(
	    NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		bail_out("mmap");
	return p;
}

int
wait_for(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

pid_t
start_process(int (*fn)(void *arg), void *arg)
{
	pid_t pid = fork();

	if (pid == -1)
		bail_out("fork");
	if (pid == 0)
		_exit(fn(arg));
	return pid;
}

int
run_in_process(int (*fn)(void *arg), void *arg)
{
	return wait_for(start_process(fn, arg));
}
