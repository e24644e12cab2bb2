/* secret.c: a key that the store keeps. The first process that needs it makes it,
 * and all have the same. */
#include "store/secret.h"

#include <sys/wait.h>

#include "lib/store.h"
#include "storefs/failpoint.h"

#define FILE_NAME "_berth/schema1.pem"
#define MAKERS    16

static const char *
secret(void)
{
	struct str text;
	enum result r = store_secret_read(
	    store, arena, STORE_SECRET_SIGNING_KEY, &text, &err);

	return r == RC_OK ? str_dup(arena, text) : err_name(r);
}

static enum result
make(const char *text)
{
	return store_secret_make(
	    store, STORE_SECRET_SIGNING_KEY, str_of(text), &err);
}

static void
test_one(void)
{
	struct stat sb = {0};

	is_str(secret(), "not_found", "there is none");
	(void)umask(0);
	is_int(make("first"), RC_OK, "it is made");
	(void)umask(022);
	is_str(secret(), "first", "and there");
	if (lstat(in_dir(FILE_NAME), &sb) == -1)
		bail_out(FILE_NAME);
	is_int(sb.st_mode & 07777, 0600, "for berth's user alone");
	is_int(make("second"), RC_OK, "the second one finds it");
	is_str(secret(), "first", "changes nothing");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nothing is left");
	write_text(
	    FILE_NAME, arena_printf(arena, "%0*d", (int)STORE_SECRET_MAX + 1, 0));
	is_str(secret(), "too_large", "a limit on its length");
	(void)unlink(in_dir(FILE_NAME));
}

/* Processes begin at once, each with a key of its own; afterwards all read the same key. */
static void
test_race(void)
{
	int begin[2], i, status, same = 0;
	const char *text;
	char c;

	if (pipe(begin) == -1)
		bail_out("pipe");
	for (i = 0; i < MAKERS; i++) {
		if (fork() != 0)
			continue;
		(void)close(begin[1]);
		if (read(begin[0], &c, 1) != 0) /* until the other end is closed */
			_exit(1);
		text = arena_printf(arena, "%d", i);
		if (make(text) != RC_OK)
			_exit(1);
		write_text(arena_printf(arena, "read.%d", i), secret());
		_exit(0);
	}
	(void)close(begin[0]);
	(void)close(begin[1]);
	for (i = 0; i < MAKERS; i++)
		if (wait(&status) == -1 || status != 0)
			bail_out("a process failed");
	for (i = 0; i < MAKERS; i++)
		same += strcmp(read_text(arena_printf(arena, "read.%d", i)),
			    secret()) == 0;
	is_int(same, MAKERS, "all have the one that was made first: %s", secret());
}

#ifdef BERTH_FAILPOINTS
/* Each durable step fails, or is the last one before the process is killed: the key is
 * there whole or not at all, and the next one who needs it has it. */
static void
test_failure(unsigned step)
{
	(void)unlink(in_dir(FILE_NAME));
	failpoint_arm(arena_printf(arena, "%u:full", step));
	is_int(make("key"), RC_FULL, "step %u fails", step);
	failpoint_arm("0:count");
	ok(strcmp(secret(), "not_found") == 0 || strcmp(secret(), "key") == 0,
	    "it is not there, or whole: %s", secret());
	is_int(make("key"), RC_OK, "it is made then");
	(void)unlink(in_dir(FILE_NAME));
	if (fork() == 0) {
		failpoint_arm(arena_printf(arena, "%u:die", step));
		(void)make("key");
		_exit(0);
	}
	(void)wait(NULL);
	ok(strcmp(secret(), "not_found") == 0 || strcmp(secret(), "key") == 0,
	    "killed before step %u: %s", step, secret());
	is_int(make("key"), RC_OK, "it is made then");
	is_str(secret(), "key", "and there");
}

static void
test_failures(void)
{
	unsigned n, step;

	(void)unlink(in_dir(FILE_NAME));
	failpoint_arm("0:count");
	is_int(make("key"), RC_OK, "it is made");
	n = failpoint_count();
	ok(n >= 5, "in %u steps", n);
	for (step = 1; step <= n; step++)
		test_failure(step);
}
#endif

int
main(void)
{
	setup_store(IN_MEMORY);
	test_one();
	test_race();
#ifdef BERTH_FAILPOINTS
	test_failures();
#endif
	return teardown_store();
}
