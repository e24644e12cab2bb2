/* log.c: the log, in a directory of the test's own. */
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "lib/unit.h"

#define LINE_MOST 2047 /* bytes of a line, the newline with them */
#define WRITERS   4
#define LINES     500 /* of each writer */

static char dir[] = "/tmp/berth-log-XXXXXX";

static const char *
in_dir(const char *name)
{
	return arena_printf(arena, "%s/%s", dir, name);
}

/* What the file holds; the empty text where there is none. */
static struct str
content(const char *name)
{
	FILE *f = fopen(in_dir(name), "r");
	struct stat st;
	size_t n;
	char *p;

	if (f == NULL)
		return str_of(NULL);
	if (fstat(fileno(f), &st) != 0)
		abort();
	p = arena_alloc(arena, (size_t)st.st_size + 1);
	n = fread(p, 1, (size_t)st.st_size, f);
	(void)fclose(f);
	return str_make(p, n);
}

/* The log that the test looks at is empty now. */
static void
start(void)
{
	if (truncate(in_dir("log"), 0) != 0)
		abort();
}

static bool
matches(struct str text, const char *pattern)
{
	regex_t re;
	bool is;

	if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		abort();
	is = !str_has(text, '\0') && regexec(&re, text.p, 0, NULL, 0) == 0;
	regfree(&re);
	if (!is)
		printf("# got: %s\n", printable(text));
	return is;
}

/* A line of it: its head, and then the pattern. */
static bool
is_line(struct str text, const char *pattern)
{
	return matches(
	    text, arena_printf(arena,
		      "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
		      "\\.[0-9]{3}Z %s\n$",
		      pattern));
}

static size_t
count_lines(struct str text)
{
	size_t n = 0;

	for (; text.p != NULL; n++)
		(void)str_cut(&text, '\n');
	return n - 1;
}

/* The lowest number that a new descriptor gets: it grows where one is lost. */
static int
next_fd(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)close(fd);
	return fd;
}

static void
test_standard_error(void)
{
	int saved = dup(STDERR_FILENO);
	int fd = open(in_dir("err"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	(void)dup2(fd, STDERR_FILENO);
	ok(log_open(NULL, LOG_INFO), "no path is standard error");
	/* the first line of the process: libc looks for the zone's file */
	(void)setenv("TZ", ":/nonexistent", 1);
	errno = EACCES;
	log_line(LOG_INFO, "first", "error=\"%m\"");
	log_reopen();
	(void)dup2(saved, STDERR_FILENO);
	ok(is_line(content("err"), "info  first error=\"Permission denied\""),
	    "%%m is the error of before the call");
	(void)close(saved);
	(void)close(fd);
}

static void
test_open(void)
{
	struct stat st;

	errno = 0;
	ok(!log_open(in_dir("absent/log"), LOG_INFO) && errno == ENOENT,
	    "a directory that is not there");
	errno = 0;
	ok(!log_open(repeated('x', 5000).p, LOG_INFO) && errno == ENAMETOOLONG,
	    "a name longer than any");
	(void)umask(0);
	ok(log_open(in_dir("log"), LOG_INFO), "open");
	ok(stat(in_dir("log"), &st) == 0 && (st.st_mode & 07777) == 0640,
	    "the file is not everybody's");
	log_line(LOG_WARN, "push.layer", "image=%s bytes=%d", "8aed", 86);
	ok(is_line(content("log"), "warn  push\\.layer image=8aed bytes=86"),
	    "a line");
	log_line(LOG_ERROR, "a", "b");
	is_int(count_lines(content("log")), 2, "the next stands after it");
}

static void
test_levels(void)
{
	static const struct {
		const char *name;
		enum log_level level;
	} rows[] = {{"debug", LOG_DEBUG}, {"info", LOG_INFO}, {"warn", LOG_WARN},
	    {"warning", LOG_WARN}, {"error", LOG_ERROR}, {"critical", LOG_ERROR},
	    {"DeBuG", LOG_DEBUG}};
	enum log_level level;
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		ok(log_level_of(rows[i].name, &level) && level == rows[i].level,
		    "the level %s", rows[i].name);
	ok(!log_level_of("", &level) && !log_level_of("loud", &level) &&
		!log_level_of("infos", &level),
	    "no levels");
	start();
	log_set_level(LOG_WARN);
	ok(!log_wants(LOG_INFO) && log_wants(LOG_WARN) && log_wants(LOG_ERROR),
	    "who is wanted");
	log_line(LOG_INFO, "quiet", "x");
	is_text(content("log"), "", "a level that nobody reads is not written");
	log_set_level(LOG_DEBUG);
	log_line(LOG_DEBUG, "loud", "x");
	ok(is_line(content("log"), "debug loud x"), "one that somebody does, is");
}

static void
test_bytes(void)
{
	char all[256];
	int i;

	start();
	for (i = 1; i < 256; i++)
		all[i - 1] = (char)i;
	all[255] = '\0';
	log_line(LOG_INFO, "bytes", "%s", all + 9);
	ok(matches(content("log"), "bytes \\?{22} !\"#.*xyz\\{\\|\\}~\\?{129}\n$"),
	    "what is not printable ASCII is a question mark");
	start();
	log_line(LOG_INFO, "forged", "x=%s",
	    "\n2026-11-24T23:30:43.123Z info  forged x=1\r\n\x1b[2J");
	is_int(count_lines(content("log")), 1, "nobody forges a line");
}

static void
test_length(void)
{
	struct str line;
	size_t head, n, whole, wrong = 0;

	start();
	log_line(LOG_INFO, "long", "%s", "");
	head = content("log").n - 1;
	for (n = LINE_MOST - 100; n < LINE_MOST + 100; n++) {
		start();
		log_line(LOG_INFO, "long", "%s", repeated('x', n).p);
		line = content("log");
		whole = head + n + 1;
		wrong += line.n != (whole < LINE_MOST ? whole : LINE_MOST);
		wrong += count_lines(line) != 1 || line.p[line.n - 1] != '\n';
	}
	is_int(wrong, 0, "a line is cut where it is too long, not before");
	start();
	log_line(LOG_INFO, "long", "%s", repeated('x', 1000000).p);
	is_int(content("log").n, LINE_MOST, "were it a megabyte");
}

static void
test_rotation(void)
{
	int fd = next_fd();

	start();
	log_line(LOG_INFO, "one", "x");
	(void)rename(in_dir("log"), in_dir("log.1"));
	log_line(LOG_INFO, "two", "x");
	is_int(
	    count_lines(content("log.1")), 2, "a line still goes to the old file");
	log_reopen();
	log_line(LOG_INFO, "three", "x");
	is_int(count_lines(content("log.1")), 2, "after log_reopen() none does");
	ok(is_line(content("log"), "info  three x"), "but to the new one");
	log_reopen();
	log_line(LOG_INFO, "four", "x");
	is_int(
	    count_lines(content("log")), 2, "reopened in vain it is appended to");
	is_int(next_fd(), fd, "no descriptor is lost");
}

static void
test_no_new_file(void)
{
	int fd = next_fd();

	start();
	(void)rename(in_dir("log"), in_dir("log.1"));
	(void)mkdir(in_dir("log"), 0700);
	log_reopen();
	ok(is_line(content("log.1"),
	       "error log\\.reopen file=[^ ]+/log error=\"Is a directory\""),
	    "no new file can be made: the old one says so");
	log_line(LOG_INFO, "five", "x");
	is_int(count_lines(content("log.1")), 2, "and goes on");
	is_int(next_fd(), fd, "no descriptor is lost");
	(void)rmdir(in_dir("log"));
	log_reopen();
	log_line(LOG_INFO, "six", "x");
	is_int(count_lines(content("log")), 1, "until there can be one");
}

/* The i-th line of a writer. */
static const char *
line_of(size_t writer, size_t i)
{
	return arena_printf(
	    arena, "%zu=%s.", writer, repeated((char)('a' + writer), i).p);
}

static void
write_lines(size_t writer)
{
	size_t i;

	for (i = 0; i < LINES; i++)
		log_line(LOG_INFO, "many", "%s", line_of(writer, i));
	_exit(0);
}

static bool
is_next_line(struct str line, size_t seen[WRITERS])
{
	const char *end = line.p + line.n;
	const char *p = memmem(line.p, line.n, "many ", 5);
	size_t writer = p == NULL ? WRITERS : (size_t)(p[5] - '0');

	return writer < WRITERS && str_is(str_make(p + 5, (size_t)(end - p) - 5),
				       line_of(writer, seen[writer]++));
}

/* Whole lines only, in the order in which each process wrote them. */
static void
test_processes(void)
{
	size_t seen[WRITERS] = {0};
	size_t i, mixed = 0;
	struct str text, line;

	start();
	for (i = 0; i < WRITERS; i++)
		if (fork() == 0)
			write_lines(i);
	while (wait(NULL) > 0)
		;
	text = content("log");
	is_int(count_lines(text), WRITERS * LINES, "every line of %d processes",
	    WRITERS);
	while ((line = str_cut(&text, '\n')).n > 0)
		mixed += !is_next_line(line, seen);
	is_int(mixed, 0, "none of them mixed with another");
}

/* No text of a client looks like a field of its own. */
static void
test_values(void)
{
	static const char *const rows[][2] = {
	    {"latest", "latest"},
	    {"team/app:1.0", "team/app:1.0"},
	    {"", "\"\""},
	    {"a b", "\"a b\""},
	    {"a status=200", "\"a status=200\""},
	    {"a=b", "\"a=b\""},
	    {"\"", "\"?\""},
	    {"a\" status=\"200", "\"a? status=?200\""},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(log_value(arena, rows[i][0]), rows[i][1], "the value '%s'",
		    rows[i][0]);
}

int
main(void)
{
	static void (*const tests[])(void) = {test_standard_error, test_open,
	    test_levels, test_values, test_bytes, test_length, test_rotation,
	    test_no_new_file, test_processes};
	static const char *const files[] = {"err", "log", "log.1"};
	size_t i;
	int rc;

	if (mkdtemp(dir) == NULL)
		abort();
	rc = run_tests(tests, COUNT(tests));
	arena = arena_new();
	for (i = 0; i < COUNT(files); i++)
		(void)unlink(in_dir(files[i]));
	arena_free(arena);
	(void)rmdir(dir);
	return rc;
}
