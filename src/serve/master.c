/* master.c: see master.h. */
#include "serve/master.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "serve/errmail.h"
#include "serve/worker.h"

#define CHILDREN_MAX     256
#define WORKERS_MAX      64 /* of conf */
#define TICK_MS          250
#define YOUNG_MS         1000 /* a child that dies so soon is replaced after as long */
#define END_WAIT_MS      60000 /* for the requests that are left */
#define SWEEP_EVERY_MS   60000
#define REBUILD_AGAIN_MS 10000 /* after a failed one */
#define BRIDGE_AGAIN_MS  60000 /* the same */
#define SIGNAL_BRIDGE    SIGURG
/* Not the lowest: a request for the same image waits for the process that makes its form. */
#define BRIDGE_NICE    5
#define MAIL_GATHER_MS 2000 /* one error is seldom the only one */
#define MAIL_EVERY_MS  600000

enum role {
	ROLE_NONE,
	ROLE_WORKER,
	ROLE_LEAVING,
	ROLE_REBUILD,
	ROLE_BRIDGE,
	ROLE_SWEEP,
	ROLE_MAIL,
	ROLES
};

struct child {
	enum role role;
	pid_t pid;
	int64_t born; /* ticks */
};

struct master {
	int listening;
	const struct serve_options *options;
	const struct serve_app *app;
	struct child child[CHILDREN_MAX];
	sigset_t signals;
	bool ending;
	bool killed;               /* a child did not end by itself */
	bool want_rebuild;         /* of the index, of all repositories */
	bool want_marked;          /* of those with a mark */
	bool rebuilds_all;         /* the rebuild that runs */
	bool want_bridge;          /* images wait for their form in API v2 */
	struct errmail *errmail;   /* NULL: no memory, and no mails */
	bool mail_due;             /* there are errors to report */
	int64_t not_before[ROLES]; /* ticks: no child of the role starts sooner */
};

static volatile sig_atomic_t stop_rebuild;
static pid_t master_pid; /* in a child */

static void
on_term(int sig)
{
	(void)sig;
	stop_rebuild = 1;
}

static void
signal_master(int sig)
{
	if (getppid() ==
	    master_pid) /* else the master died, and another process is the parent */
		(void)kill(master_pid, sig);
}

void
master_ask_reindex(void *ignored, bool all)
{
	(void)ignored;
	signal_master(all ? SIGUSR1 : SIGUSR2);
}

void
master_ask_rebuild(void *ignored)
{
	master_ask_reindex(ignored, true);
}

void
master_ask_bridge(void *ignored)
{
	(void)ignored;
	signal_master(SIGNAL_BRIDGE);
}

/* ---- children ---- */

static int
run_rebuild(struct master *m)
{
	struct sigaction sa;
	sigset_t term;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_term;
	(void)sigaction(SIGTERM, &sa, NULL);
	(void)sigemptyset(&term);
	(void)sigaddset(&term, SIGTERM);
	(void)pthread_sigmask(SIG_UNBLOCK, &term, NULL);
	return m->app->rebuild_index(m->app->arg, m->rebuilds_all, &stop_rebuild)
		   ? EXIT_SUCCESS
		   : EXIT_FAILURE;
}

/* To read a large layer takes longer than a stop may: the default action of a signal ends it.
 * What was made is stored, and the rest is made after the next start. */
static int
run_bridge(struct master *m)
{
	(void)setpriority(PRIO_PROCESS, 0, BRIDGE_NICE);
	(void)pthread_sigmask(SIG_UNBLOCK, &m->signals, NULL);
	return m->app->make_bridges(m->app->arg) ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* A sweep is short; the default action of a signal may end it between two files. */
static int
run_sweep(struct master *m)
{
	(void)pthread_sigmask(SIG_UNBLOCK, &m->signals, NULL);
	m->app->sweep_store(m->app->arg);
	return EXIT_SUCCESS;
}

/* As short, unless the mail server hangs. If the mail is not sent, the log has its text. */
static int
run_mail(struct master *m)
{
	struct arena *a = arena_new();
	struct str text;
	unsigned n;

	(void)pthread_sigmask(SIG_UNBLOCK, &m->signals, NULL);
	text = errmail_take(m->errmail, a, &n);
	if (n > 0) /* else an earlier mail had the error */
		m->app->send_mail(m->app->arg, n, text);
	return EXIT_SUCCESS;
}

static int
run_child(struct master *m, enum role role, pid_t parent)
{
	master_pid = parent;
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		return EXIT_FAILURE; /* the master died before the call above */
	switch (role) {
	case ROLE_WORKER:
		return worker_run(m->listening, m->options, m->app);
	case ROLE_REBUILD:
		return run_rebuild(m);
	case ROLE_BRIDGE:
		return run_bridge(m);
	case ROLE_MAIL:
		return run_mail(m);
	default:
		return run_sweep(m);
	}
}

static unsigned
count_children(const struct master *m, enum role role)
{
	unsigned i, n = 0;

	for (i = 0; i < CHILDREN_MAX; i++)
		n += m->child[i].role == role;
	return n;
}

static void
spawn(struct master *m, enum role role)
{
	pid_t parent = getpid(), pid;
	unsigned i;

	for (i = 0; i < CHILDREN_MAX && m->child[i].role != ROLE_NONE; i++)
		;
	if (i == CHILDREN_MAX) { /* many workers that leave have not ended yet */
		m->not_before[role] = clock_ticks() + YOUNG_MS;
		return;
	}
	pid = fork();
	if (pid == 0)
		_exit(run_child(m, role, parent));
	if (pid == -1) {
		log_line(LOG_ERROR, "master.fork", "error=\"%m\"");
		m->not_before[role] = clock_ticks() + YOUNG_MS;
		return;
	}
	m->child[i] = (struct child){role, pid, clock_ticks()};
}

static void
signal_all(const struct master *m, enum role role, int sig)
{
	unsigned i;

	for (i = 0; i < CHILDREN_MAX; i++)
		if (m->child[i].role != ROLE_NONE &&
		    (role == ROLE_NONE || m->child[i].role == role))
			(void)kill(m->child[i].pid, sig);
}

/* ---- events ---- */

/* A killed child may have changed the store and not the index. */
static void
rebuild_if_killed(struct master *m, int status)
{
	if (!WIFSIGNALED(status))
		return;
	m->want_rebuild = true;
	m->killed = m->killed || m->ending;
}

static void
worker_died(struct master *m, const struct child *c, int status)
{
	int64_t now = clock_ticks();

	rebuild_if_killed(m, status);
	if (m->ending)
		return;
	log_line(LOG_ERROR, "worker.died", "pid=%ld signal=%d status=%d",
	    (long)c->pid, WIFSIGNALED(status) ? WTERMSIG(status) : 0,
	    WIFEXITED(status) ? WEXITSTATUS(status) : 0);
	if (now - c->born < YOUNG_MS)
		m->not_before[ROLE_WORKER] = now + YOUNG_MS;
}

static void
rebuild_ended(struct master *m, int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS)
		return;
	if (m->rebuilds_all)
		m->want_rebuild = true;
	else
		m->want_marked = true;
	m->not_before[ROLE_REBUILD] = clock_ticks() + REBUILD_AGAIN_MS;
}

/* The images that are left wait for a while: one of them may be the cause. The next run also
 * enters in the index what a killed one did not come to. */
static void
bridge_ended(struct master *m, int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS)
		return;
	m->want_bridge = true;
	m->not_before[ROLE_BRIDGE] = clock_ticks() + BRIDGE_AGAIN_MS;
}

static void
reap(struct master *m)
{
	int status;
	unsigned i;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (i = 0; i < CHILDREN_MAX; i++) {
			struct child c = m->child[i];

			if (c.role == ROLE_NONE || c.pid != pid)
				continue;
			m->child[i].role = ROLE_NONE;
			if (c.role == ROLE_WORKER)
				worker_died(m, &c, status);
			else if (c.role == ROLE_LEAVING)
				rebuild_if_killed(m, status);
			else if (c.role == ROLE_REBUILD)
				rebuild_ended(m, status);
			else if (c.role == ROLE_BRIDGE)
				bridge_ended(m, status);
		}
	}
}

static bool
may_start(struct master *m, enum role role)
{
	return clock_ticks() >= m->not_before[role];
}

static void
start_mail(struct master *m)
{
	int64_t soon = clock_ticks() + MAIL_GATHER_MS;

	if (m->errmail == NULL || !m->options->mails)
		return;
	if (!m->mail_due && errmail_is_pending(m->errmail)) {
		m->mail_due = true;
		if (m->not_before[ROLE_MAIL] < soon)
			m->not_before[ROLE_MAIL] = soon;
	}
	if (m->mail_due && count_children(m, ROLE_MAIL) == 0 &&
	    may_start(m, ROLE_MAIL)) {
		m->mail_due = false;
		m->not_before[ROLE_MAIL] = clock_ticks() + MAIL_EVERY_MS;
		spawn(m, ROLE_MAIL);
	}
}

static void
start_due(struct master *m)
{
	while (count_children(m, ROLE_WORKER) < m->options->workers &&
	       may_start(m, ROLE_WORKER))
		spawn(m, ROLE_WORKER);
	if ((m->want_rebuild || m->want_marked) &&
	    count_children(m, ROLE_REBUILD) == 0 && may_start(m, ROLE_REBUILD)) {
		m->rebuilds_all = m->want_rebuild;
		m->want_rebuild = m->want_marked = false;
		spawn(m, ROLE_REBUILD);
	}
	if (m->want_bridge && count_children(m, ROLE_BRIDGE) == 0 &&
	    may_start(m, ROLE_BRIDGE)) {
		m->want_bridge = false;
		spawn(m, ROLE_BRIDGE);
	}
	if (count_children(m, ROLE_SWEEP) == 0 && may_start(m, ROLE_SWEEP)) {
		m->not_before[ROLE_SWEEP] = clock_ticks() + SWEEP_EVERY_MS;
		spawn(m, ROLE_SWEEP);
	}
	start_mail(m);
}

/* The new workers start before the old ones leave; those finish their requests. */
static void
replace_workers(struct master *m)
{
	const struct serve_options *options;
	unsigned i;

	log_reopen();
	if (count_children(m, ROLE_NONE) <
	    WORKERS_MAX) { /* no room for their successors */
		log_line(LOG_ERROR, "master.reload",
		    "kept=old error=\"too many old workers are still running\"");
		return;
	}
	options = m->app->reload_config(m->app->arg);
	if (options == NULL)
		return;
	m->options = options;
	m->want_rebuild = m->want_rebuild || options->changes_index;
	for (i = 0; i < CHILDREN_MAX; i++)
		if (m->child[i].role == ROLE_WORKER)
			m->child[i].role = ROLE_LEAVING;
	start_due(m);
	signal_all(m, ROLE_LEAVING, WORKER_LEAVE);
	log_line(LOG_INFO, "master.reload", "workers=%u", options->workers);
}

static void
on_signal(struct master *m, int sig)
{
	switch (sig) {
	case SIGTERM:
	case SIGINT:
		signal_all(m, ROLE_NONE, m->ending ? SIGKILL : SIGTERM);
		m->killed = m->ending;
		m->ending = true;
		break;
	case SIGHUP:
		if (!m->ending)
			replace_workers(m);
		break;
	case SIGUSR1:
		m->want_rebuild = true;
		break;
	case SIGUSR2:
		m->want_marked = true;
		break;
	case SIGNAL_BRIDGE:
		m->want_bridge = true;
		break;
	default:
		break; /* SIGCHLD: reap() looks after every signal */
	}
}

static void
wait_for_event(struct master *m)
{
	const struct timespec tick = {0, TICK_MS * 1000000};
	int sig = sigtimedwait(&m->signals, NULL, &tick);

	if (sig > 0)
		on_signal(m, sig);
	reap(m);
}

static void
block_signals(struct master *m)
{
	static const int signals[] = {
	    SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGNAL_BRIDGE, SIGCHLD};
	size_t i;

	(void)sigemptyset(&m->signals);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		(void)sigaddset(&m->signals, signals[i]);
	(void)pthread_sigmask(SIG_BLOCK, &m->signals, NULL);
}

int
master_run(
    int listening, const struct serve_options *options, const struct serve_app *app)
{
	struct master m = {.listening = listening,
	    .options = options,
	    .app = app,
	    .want_rebuild = true,
	    .want_bridge = true};
	int64_t end_by;

	block_signals(&m);
	m.errmail = errmail_new();
	if (m.errmail != NULL)
		errmail_watch(m.errmail);
	log_line(LOG_INFO, "master.start", "workers=%u threads=%u",
	    options->workers, options->threads);
	while (!m.ending) {
		start_due(&m);
		wait_for_event(&m);
	}
	end_by = clock_ticks() + END_WAIT_MS;
	while (count_children(&m, ROLE_NONE) < CHILDREN_MAX) {
		wait_for_event(&m);
		if (clock_ticks() > end_by) {
			signal_all(&m, ROLE_NONE, SIGKILL);
			m.killed = true;
		}
	}
	log_line(LOG_INFO, "master.end", "killed=%d", m.killed);
	return m.killed ? EXIT_FAILURE : EXIT_SUCCESS;
}
