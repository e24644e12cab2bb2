/* worker.c: see worker.h. */
#include "serve/worker.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "serve/fcgi.h"

#define STACK_SIZE  ((size_t)512 << 10)
#define NUDGE_MS    20  /* between two signals to threads that wait in accept(2) */
#define HANG_UP_MS  200 /* of silence after which a kept connection is closed */
#define WAKE_SIGNAL SIGUSR2
#define HEAPS       2 /* of malloc(3): one a thread would cost megabytes each */
#define LARGE       (1 << 20) /* bytes: given back to the system when freed */

struct thread {
	pthread_t id;
	struct fcgi *fcgi;
	bool running;
};

static void
wake(int sig)
{
	(void)sig; /* to interrupt accept(2) is all it does */
}

static void *
thread_main(void *arg)
{
	fcgi_run(arg);
	return NULL;
}

/* SA_RESTART: a signal must not cut a request that is being read or answered. */
static void
set_signals(void)
{
	struct sigaction sa;
	sigset_t set;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = wake;
	sa.sa_flags = SA_RESTART;
	(void)sigaction(WAKE_SIGNAL, &sa, NULL);
	sa.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &sa, NULL);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, WAKE_SIGNAL);
	(void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

static bool
start(struct thread *t, int listening, struct registry *registry,
    const struct serve_options *options)
{
	pthread_attr_t attr;

	t->fcgi = fcgi_new(listening, registry, options);
	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setstacksize(&attr, STACK_SIZE);
	t->running = pthread_create(&t->id, &attr, thread_main, t->fcgi) == 0;
	(void)pthread_attr_destroy(&attr);
	return t->running;
}

static void
wait_for_term(void)
{
	sigset_t set;
	int sig;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	while (sigwait(&set, &sig) != 0)
		;
}

static void
stop(struct thread *threads, unsigned n)
{
	const struct timespec pause = {0, NUDGE_MS * 1000000};
	unsigned i, left = n;

	fcgi_stop_all();
	while (left > 0) {
		for (i = 0, left = 0; i < n; i++) {
			if (!threads[i].running)
				continue;
			(void)pthread_kill(threads[i].id, WAKE_SIGNAL);
			fcgi_hang_up(threads[i].fcgi, HANG_UP_MS);
			threads[i].running = pthread_tryjoin_np(
						 threads[i].id, NULL) != 0;
			left += threads[i].running;
		}
		(void)nanosleep(&pause, NULL);
	}
}

int
worker_run(
    int listening, const struct serve_options *options, struct registry *registry)
{
	struct thread *threads = calloc(options->threads, sizeof(*threads));
	unsigned i;
	int status = EXIT_SUCCESS;

	if (threads == NULL || !fcgi_init())
		return EXIT_FAILURE;
	(void)mallopt(M_ARENA_MAX, HEAPS);
	(void)mallopt(M_MMAP_THRESHOLD, LARGE);
	(void)mallopt(M_TRIM_THRESHOLD, LARGE);
	set_signals();
	for (i = 0; i < options->threads; i++)
		if (!start(&threads[i], listening, registry, options)) {
			log_line(LOG_ERROR, "worker.thread",
			    "error=\"cannot start %u threads\"", options->threads);
			status = EXIT_FAILURE;
			break;
		}
	if (status == EXIT_SUCCESS)
		wait_for_term();
	stop(threads, options->threads);
	for (i = 0; i < options->threads; i++)
		fcgi_free(threads[i].fcgi);
	free(threads);
	return status;
}
