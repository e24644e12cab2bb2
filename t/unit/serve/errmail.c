/* errmail.c: errors of several processes, gathered for one mail. */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "lib/unit.h"
#include "serve/errmail.h"

#define CHILDREN 8
#define STORM    20000 /* errors of each */
#define KEPT     40    /* lines of a storm */

static struct errmail *al;
static unsigned n;

static unsigned
count_lines(struct str text)
{
	unsigned lines = 0;
	size_t i;

	for (i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	return lines;
}

/* Lines without their time. */
static const char *
said(struct str text)
{
	char *out = arena_alloc(arena, text.n + 1), *to = out;
	struct str line;

	while (text.n > 0) {
		line = str_cut(&text, '\n');
		(void)str_cut(&line, ' ');
		memcpy(to, line.p, line.n);
		to += line.n;
		*to++ = '\n';
	}
	*to = '\0';
	return out;
}

static void
in_child(void (*run)(void))
{
	pid_t pid = fork();

	if (pid == 0) {
		run();
		_exit(0);
	}
}

static void
wait_for_all(void)
{
	while (wait(NULL) > 0)
		;
}

static void
one_error(void)
{
	log_line(LOG_ERROR, "child", "n=1");
}

static void
storm(void)
{
	unsigned i;

	for (i = 0; i < STORM; i++)
		log_line(LOG_ERROR, "storm", "n=%u", i);
}

static void
test_gathered(void)
{
	ok(!errmail_is_pending(al), "nothing yet");
	log_line(LOG_INFO, "news", "n=0");
	log_line(LOG_WARN, "warning", "n=0");
	ok(!errmail_is_pending(al), "what is not an error is not an alarm");
	log_line(LOG_ERROR, "here", "text=\"two words\"");
	ok(errmail_is_pending(al), "an error is one");
	in_child(one_error);
	wait_for_all();
	is_str(said(errmail_take(al, arena, &n)),
	    "error here text=\"two words\"\nerror child n=1\n",
	    "those of this process and of another");
	is_int(n, 2, "two");
	ok(!errmail_is_pending(al), "they are reported once");
	is_int(errmail_take(al, arena, &n).n, 0, "then there is nothing");
	is_int(n, 0, "none");
	log_line(LOG_ERROR, "again", "n=1");
	is_str(said(errmail_take(al, arena, &n)), "error again n=1\n", "the next");
}

static void
test_long_line(void)
{
	struct str text;

	log_line(LOG_ERROR, "long", "%s", repeated('x', 3000).p);
	log_line(LOG_ERROR, "short", "n=1");
	text = errmail_take(al, arena, &n);
	is_int(count_lines(text), 2, "a long line is one line");
	ok(text.n > 500 && text.n < 1000, "and cut");
	ok(strstr(said(text), "\nerror short n=1\n") != NULL, "the next is whole");
}

static void
test_storm(void)
{
	struct str text;
	unsigned i;

	for (i = 0; i < CHILDREN; i++)
		in_child(storm);
	wait_for_all();
	text = errmail_take(al, arena, &n);
	is_int(n, CHILDREN * STORM, "all are counted");
	is_int(count_lines(text), KEPT, "a few are kept");
	ok(!errmail_is_pending(al), "nothing is left");
}

/* Taken while they come: none is counted twice, and none is lost but for what is under way
 * when a page is turned. */
static void
test_taken_meanwhile(void)
{
	unsigned i, all = 0;

	for (i = 0; i < CHILDREN; i++)
		in_child(storm);
	for (i = 0; i < 1000; i++) {
		(void)errmail_take(al, arena, &n);
		all += n;
	}
	wait_for_all();
	(void)errmail_take(al, arena, &n);
	all += n;
	(void)errmail_take(al, arena, &n); /* late ones of the page before */
	is_int(all + n, CHILDREN * STORM, "each was counted once");
}

int
main(void)
{
	static void (*const tests[])(void) = {
	    test_gathered, test_long_line, test_storm, test_taken_meanwhile};

	if (!log_open("/dev/null", LOG_INFO) || (al = errmail_new()) == NULL)
		return EXIT_FAILURE;
	errmail_watch(al);
	return run_tests(tests, COUNT(tests));
}
