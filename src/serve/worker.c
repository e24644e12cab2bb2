/* worker.c: see worker.h. */
#include "serve/worker.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/must.h"
#include "serve/fcgi.h"

#define STACK_SIZE  ((size_t)512 << 10)
#define NUDGE_MS    20   /* between two signals to waiting threads */
#define LINGER_MS   3000 /* at the end, for what runs on after its request */
#define WAKE_SIGNAL SIGUSR2
#define HEAPS       2 /* of malloc(3): one for each thread would cost megabytes */
#define LARGE       (128 << 10) /* bytes: returned to the system when freed */

struct thread {
	pthread_t id;
	struct fcgi *fcgi;
	bool running;
};

static void
wake(int sig)
{
	(void)sig; /* it only interrupts accept(2) and poll(2) */
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

/* Before there are threads. */
static void
set_malloc(void)
{
	/* NOLINTBEGIN(concurrency-mt-unsafe) */
	(void)mallopt(M_ARENA_MAX, HEAPS);
	(void)mallopt(M_MMAP_THRESHOLD, LARGE);
	(void)mallopt(M_TRIM_THRESHOLD, LARGE);
	/* NOLINTEND(concurrency-mt-unsafe) */
}

static bool
start_thread(struct thread *t, int listening, struct registry *registry,
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

/* SIGTERM or WORKER_LEAVE. */
static int
wait_for_end(void)
{
	sigset_t set;
	int sig;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, WORKER_LEAVE);
	while (sigwait(&set, &sig) != 0)
		;
	return sig;
}

/* Waits until the next check whether all has ended. After *give_up_at, which SIGTERM sets,
 * calls to other servers are aborted. */
static void
wait_for_rest(const struct serve_app *app, int64_t *give_up_at)
{
	const struct timespec pause = {0, NUDGE_MS * 1000000};
	sigset_t term;

	(void)sigemptyset(&term);
	(void)sigaddset(&term, SIGTERM);
	if (sigtimedwait(&term, NULL, &pause) == SIGTERM)
		*give_up_at = clock_ticks() + LINGER_MS;
	if (clock_ticks() >= *give_up_at)
		app->abort_outgoing(app->arg);
}

static void
stop_threads(
    struct thread *threads, unsigned n, const struct serve_app *app, int sig)
{
	int64_t give_up_at = sig == SIGTERM ? clock_ticks() + LINGER_MS : INT64_MAX;
	unsigned i, left = n;

	fcgi_stop_all();
	while (left > 0 || app->background_running(app->arg)) {
		for (i = 0, left = 0; i < n; i++) {
			if (!threads[i].running)
				continue;
			(void)pthread_kill(threads[i].id, WAKE_SIGNAL);
			threads[i].running = pthread_tryjoin_np(
						 threads[i].id, NULL) != 0;
			left += threads[i].running;
		}
		wait_for_rest(app, &give_up_at);
	}
}

int
worker_run(
    int listening, const struct serve_options *options, const struct serve_app *app)
{
	struct registry *registry = app->open_registry(app->arg);
	struct thread *threads;
	unsigned i;
	int status = EXIT_SUCCESS, sig = SIGTERM;

	if (registry == NULL || !fcgi_init())
		return EXIT_FAILURE;
	threads = must_alloc(options->threads, sizeof(*threads));
	set_malloc();
	set_signals();
	for (i = 0; i < options->threads; i++)
		if (!start_thread(&threads[i], listening, registry, options)) {
			log_line(LOG_ERROR, "worker.thread",
			    "error=\"cannot start %u threads\"", options->threads);
			status = EXIT_FAILURE;
			break;
		}
	if (status == EXIT_SUCCESS)
		sig = wait_for_end();
	stop_threads(threads, options->threads, app, sig);
	app->close_registry(app->arg);
	for (i = 0; i < options->threads; i++)
		fcgi_free(threads[i].fcgi);
	free(threads);
	return status;
}
