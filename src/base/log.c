/* log.c: see log.h. The state is global, because the log is: each process writes to one
 * descriptor. It is set before threads are started; later only log_reopen() replaces the
 * file, under the same descriptor. */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 2048

static int log_fd = STDERR_FILENO;
static enum log_level log_min_level = LOG_INFO;
static char log_path[4096];
static void (*log_watcher)(void *arg, enum log_level level, struct str line);
static void *log_watcher_arg;

bool
log_open(const char *path, enum log_level min_level)
{
	int fd;

	log_min_level = min_level;
	if (path == NULL)
		return true;
	if (strlen(path) >= sizeof(log_path)) {
		errno = ENAMETOOLONG;
		return false;
	}
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
	if (fd == -1)
		return false;
	(void)snprintf(log_path, sizeof(log_path), "%s", path);
	log_fd = fd;
	return true;
}

void
log_set_level(enum log_level min_level)
{
	log_min_level = min_level;
}

/* dup3() replaces the file under the same descriptor: a thread that is writing at this moment
 * writes to the old or to the new file, never to a closed descriptor. */
void
log_reopen(void)
{
	int fd;

	if (log_path[0] == '\0')
		return;
	fd = open(log_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
	if (fd == -1) {
		log_line(LOG_ERROR, "log.reopen", "file=%s error=\"%m\"", log_path);
		return;
	}
	(void)dup3(fd, log_fd, O_CLOEXEC);
	(void)close(fd);
}

bool
log_wants(enum log_level level)
{
	return level >= log_min_level;
}

static size_t
put_head(char *line, size_t size, enum log_level level, const char *event)
{
	static const char levels[][6] = {"debug", "info ", "warn ", "error"};
	struct timespec ts;
	struct tm tm;
	size_t n;

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	(void)gmtime_r(&ts.tv_sec, &tm);
	n = strftime(line, size, "%Y-%m-%dT%H:%M:%S", &tm);
	n += (size_t)snprintf(line + n, size - n, ".%03ldZ %s %s ",
	    ts.tv_nsec / 1000000, levels[level], event);
	return n;
}

void
log_watch(
    void (*watcher)(void *arg, enum log_level level, struct str line), void *arg)
{
	log_watcher = watcher;
	log_watcher_arg = arg;
}

void
log_line(enum log_level level, const char *event, const char *fmt, ...)
{
	char line[LINE_MAX_BYTES];
	va_list ap;
	size_t n, i;
	int got, error = errno; /* gmtime_r() may change it, and fmt may hold %m */

	if (!log_wants(level))
		return;
	n = put_head(line, 256, level, event);
	va_start(ap, fmt);
	errno = error;
	got = vsnprintf(line + n, sizeof(line) - n - 1, fmt, ap);
	va_end(ap);
	n += got < 0 ? 0 : strlen(line + n);
	for (i = 0; i < n; i++)
		if (line[i] < ' ' || line[i] > '~')
			line[i] = '?';
	if (log_watcher != NULL)
		log_watcher(log_watcher_arg, level, str_make(line, n));
	line[n++] = '\n';
	if (write(log_fd, line, n) == -1)
		return; /* e.g. a full disk, which must not stop the registry */
}

const char *
log_value(struct arena *a, const char *value)
{
	char *copy, *p;

	if (*value != '\0' && strpbrk(value, " \"=") == NULL)
		return value;
	copy = arena_strdup(a, value);
	for (p = copy; (p = strchr(p, '"')) != NULL; p++)
		*p = '?';
	return arena_printf(a, "\"%s\"", copy);
}

bool
log_level_of(const char *name, enum log_level *out)
{
	static const struct {
		const char *name;
		enum log_level level;
	} levels[] = {{"debug", LOG_DEBUG}, {"info", LOG_INFO}, {"warn", LOG_WARN},
	    {"warning", LOG_WARN}, {"error", LOG_ERROR}, {"critical", LOG_ERROR}};
	size_t i;

	for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (strcasecmp(name, levels[i].name) == 0) {
			*out = levels[i].level;
			return true;
		}
	return false;
}
