/* hello.c: the smallest FastCGI application, with processes and threads as berth has them.
 * bench/run compares berth with it: the difference is the cost of berth itself.
 *
 *	hello SOCKET PROCESSES THREADS
 *
 * Runs until a signal ends it; its processes end with it. */
#include <fcgiapp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "bench.h"

#define BACKLOG    1024
#define STACK_SIZE ((size_t)512 << 10)

static const char reply[] = "Status: 200 OK\r\n"
			    "Content-Type: text/plain\r\n"
			    "Content-Length: 13\r\n"
			    "\r\n"
			    "Hello, world\n";

static void *
serve(void *arg)
{
	FCGX_Request request;

	if (FCGX_InitRequest(&request, (int)(intptr_t)arg, 0) != 0)
		bench_fail("FCGX_InitRequest failed");
	for (;;) {
		if (FCGX_Accept_r(&request) != 0)
			continue;
		(void)FCGX_PutStr(reply, sizeof(reply) - 1, request.out);
		FCGX_Finish_r(&request);
	}
}

static _Noreturn void
run_process(int listening, long threads)
{
	pthread_attr_t attr;
	pthread_t id;

	if (FCGX_Init() != 0)
		bench_fail("FCGX_Init failed");
	(void)signal(SIGPIPE, SIG_IGN);
	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setstacksize(&attr, STACK_SIZE);
	while (threads-- > 0)
		if (pthread_create(
			&id, &attr, serve, (void *)(intptr_t)listening) != 0)
			bench_fail("cannot start a thread");
	for (;;)
		(void)pause();
}

int
main(int argc, char **argv)
{
	long processes = argc == 4 ? strtol(argv[2], NULL, 10) : 0;
	long threads = argc == 4 ? strtol(argv[3], NULL, 10) : 0;
	int listening;

	if (processes < 1 || threads < 1) {
		(void)fprintf(stderr, "usage: hello SOCKET PROCESSES THREADS\n");
		return 2;
	}
	listening = FCGX_OpenSocket(argv[1], BACKLOG);
	if (listening == -1)
		bench_fail("%s: %m", argv[1]);
	while (processes-- > 0)
		if (fork() == 0) {
			(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
			run_process(listening, threads);
		}
	for (;;)
		(void)pause();
}
