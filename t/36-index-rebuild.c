/* 36-index-rebuild.c: filling the index from the store, cut off and disturbed; and
 * many who write at once. */
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

#include "index-test.h"

#define PROCESSES 2
#define THREADS   12 /* more than there are connections */
#define ROUNDS    15
#define STALE     2500 /* more than are dropped in one go */

static enum result
rebuild_put(struct index *ix, const char *name)
{
	return index_rebuild_put(ix, str_of(name), str_of(""), &err);
}

/* Where the rebuild goes on, or the error's name. */
static const char *
begin(struct index *ix, bool afresh)
{
	struct str after;
	enum result r = index_rebuild_begin(ix, arena, afresh, &after, &err);

	return r == RC_OK ? str_dup(arena, after) : err_name(r);
}

static enum result
mark(struct index *ix, const char *name)
{
	return index_rebuild_mark(ix, str_of(name), &err);
}

static void
test_rebuild(void)
{
	struct index *ix = fresh_index();

	(void)put(ix, "a/pushed", "before the rebuild");
	(void)put(ix, "b/stale", "");
	is_str(begin(ix, false), "", "the first rebuild begins at the front");
	is_int(
	    put(ix, "c/pushed", "during the rebuild"), RC_OK, "a push during it");
	is_int(rebuild_put(ix, "d/walked"), RC_OK, "a repository of the walk");
	is_int(index_rebuild_put(ix, str_of("a/pushed"), str_of("walked"), &err),
	    RC_OK, "one that was there, described anew");
	is_int(
	    rebuild_put(ix, "e/walked"), RC_OK, "one that is removed afterwards");
	is_int(drop(ix, "e/walked"), RC_OK, "by a client");
	is_str(search(ix, ""), "4: a/pushed b/stale c/pushed d/walked",
	    "searches go on meanwhile");
	ok(prepare(), "it wants the rest of the rebuild");
	is_int(index_rebuild_end(ix, &err), RC_OK, "the end");
	is_str(search(ix, ""), "3: a/pushed c/pushed d/walked",
	    "what the walk did not find is gone, what was pushed is there");
	is_str(
	    search(ix, "walked"), "2: d/walked a/pushed", "the description is new");
	ok(!prepare(), "the index is whole now");
	is_str(
	    search(ix, ""), "3: a/pushed c/pushed d/walked", "and was left alone");
	is_int(
	    index_rebuild_end(ix, &err), RC_REBUILDING, "no end without a begin");
	index_free(ix);
}

static void
test_cut_off(void)
{
	struct index *ix = fresh_index();

	(void)put(ix, "b/stale", "");
	(void)begin(ix, false);
	(void)rebuild_put(ix, "a/one");
	index_free(ix);
	ix = index_new(path, on_damage, NULL);
	is_str(begin(ix, false), "", "cut off before a mark: from the front");
	(void)rebuild_put(ix, "a/one");
	(void)rebuild_put(ix, "c/two");
	is_int(mark(ix, "c/two"), RC_OK, "a mark");
	(void)rebuild_put(ix, "d/behind-the-mark");
	index_free(ix);
	ok(prepare(), "cut off behind a mark: the index is not whole");
	ix = index_new(path, on_damage, NULL);
	is_str(begin(ix, false), "c/two", "it goes on behind the mark");
	(void)rebuild_put(ix, "e/three");
	(void)index_rebuild_end(ix, &err);
	is_str(search(ix, ""), "4: a/one c/two d/behind-the-mark e/three",
	    "what came before the cut is kept, what is stale is dropped");
	is_str(begin(ix, false), "",
	    "behind a whole one the next begins at the front");
	(void)rebuild_put(ix, "a/one");
	(void)mark(ix, "a/one");
	is_str(begin(ix, true), "", "afresh: at the front whatever was marked");
	(void)rebuild_put(ix, "e/three");
	(void)index_rebuild_end(ix, &err);
	is_str(
	    search(ix, ""), "1: e/three", "and what came before it does not count");
	index_free(ix);
}

static void
test_many_stale(void)
{
	struct index *ix = fresh_index();
	char name[24];
	int i;

	(void)begin(ix, false);
	for (i = 0; i < STALE; i++) {
		(void)snprintf(name, sizeof(name), "stale-%d", i);
		(void)rebuild_put(ix, name);
	}
	(void)index_rebuild_end(ix, &err);
	(void)begin(ix, false);
	(void)rebuild_put(ix, "stale-1");
	(void)rebuild_put(ix, "new");
	is_int(index_rebuild_end(ix, &err), RC_OK, "%d stale rows", STALE - 1);
	is_str(search(ix, ""), "2: new stale-1", "all of them are dropped");
	ok(run_sql("INSERT INTO search (search) VALUES ('integrity-check')"),
	    "the trigrams are those of the rows");
	index_free(ix);
}

/* The new file has not the rows that were put before: it must not take the marks.
 */
static void
test_replaced_meanwhile(void)
{
	struct index *ix = fresh_index();

	(void)begin(ix, false);
	(void)rebuild_put(ix, "a/one");
	remove_index();
	(void)prepare();
	(void)put(ix, "b/pushed", "");
	is_int(rebuild_put(ix, "c/two"), RC_OK,
	    "replaced during a rebuild: put goes on");
	is_int(mark(ix, "c/two"), RC_REBUILDING, "mark sees it");
	is_int(index_rebuild_end(ix, &err), RC_REBUILDING, "end sees it");
	is_str(search(ix, ""), "2: b/pushed c/two", "nothing was dropped");
	ok(prepare(), "and it is not whole");
	is_str(begin(ix, false), "", "the new file's rebuild begins at the front");
	index_free(ix);
}

/* A thread's own rows: put, changed, searched for, every third one dropped. */
static void *
write_rows(void *arg)
{
	struct index *ix = arg;
	struct index_query query = {str_of("row"), 0, 3};
	struct line line;
	struct index_visitor visitor = {NULL, line_row, &line};
	struct arena *a = arena_new();
	struct err why;
	uintptr_t failed = 0;
	int i;

	memset(&line, 0, sizeof(line));
	buf_init(&line.text, a, 4096);
	for (i = 0; i < ROUNDS; i++) {
		struct str name = str_of(
		    arena_printf(a, "row/%d-%zx-%d", getpid(), (size_t)&line, i));

		failed += index_put_repository(ix, name, str_of("one"), &why) !=
			  RC_OK;
		failed += index_put_repository(ix, name, str_of("two"), &why) !=
			  RC_OK;
		failed += index_search(ix, &query, &visitor, &why) != RC_OK;
		if (i % 3 == 0)
			failed += index_drop_repository(ix, name, &why) != RC_OK;
	}
	arena_free(a);
	return (void *)failed;
}

static int
write_from_threads(void)
{
	struct index *ix = index_new(path, on_damage, NULL);
	pthread_t thread[THREADS];
	void *failed;
	int i, all = 0;

	for (i = 0; i < THREADS; i++)
		(void)pthread_create(&thread[i], NULL, write_rows, ix);
	for (i = 0; i < THREADS; i++) {
		(void)pthread_join(thread[i], &failed);
		all += (int)(uintptr_t)failed;
	}
	index_free(ix);
	return all > 255 ? 255 : all;
}

static void
test_many_writers(void)
{
	pid_t pid[PROCESSES];
	struct index *ix;
	int i, status;

	index_free(fresh_index());
	for (i = 0; i < PROCESSES; i++) {
		pid[i] = fork();
		if (pid[i] == 0)
			_exit(write_from_threads());
	}
	for (i = 0; i < PROCESSES; i++) {
		(void)waitpid(pid[i], &status, 0);
		ok(WIFEXITED(status) && WEXITSTATUS(status) == 0,
		    "process %d: %d threads, no call failed (status %x)", i,
		    THREADS, (unsigned)status);
	}
	ix = index_new(path, on_damage, NULL);
	is_str(page(ix, str_of("two"), 0, 0),
	    arena_printf(arena, "%d:", PROCESSES * THREADS * ROUNDS * 2 / 3),
	    "every row is there");
	is_str(page(ix, str_of("one"), 0, 0), "0:", "none is as it was before");
	index_free(ix);
	ok(run_sql("INSERT INTO search (search) VALUES ('integrity-check')"),
	    "the trigrams are those of the rows");
}

/* Puts rows and says so, one byte each, until it is killed. */
static void
put_for_ever(int said)
{
	struct index *ix = index_new(path, on_damage, NULL);
	char name[24];
	int i;

	for (i = 0; i < 100000; i++) {
		(void)snprintf(name, sizeof(name), "said-%06d", i);
		if (put(ix, name, "kept") != RC_OK || write(said, ".", 1) != 1)
			break;
	}
	_exit(1);
}

static void
test_killed(void)
{
	struct index *ix = fresh_index();
	int pipes[2], said = 0, status;
	const char *found;
	char byte;
	pid_t pid;

	set_up(pipe(pipes));
	pid = fork();
	if (pid == 0)
		put_for_ever(pipes[1]);
	(void)close(pipes[1]);
	for (; read(pipes[0], &byte, 1) == 1; said++)
		if (said == 100)
			(void)kill(pid, SIGKILL);
	(void)waitpid(pid, &status, 0);
	(void)close(pipes[0]);
	ok(WIFSIGNALED(status) && said > 100, "killed after %d rows", said);
	found = strrchr(page(ix, str_of("kept"), (size_t)said - 1, 1), ' ');
	is_str(found, arena_printf(arena, " said-%06d", said - 1),
	    "the last one it said is there");
	index_free(ix);
}

int
main(void)
{
	setup();
	test_rebuild();
	test_cut_off();
	test_many_stale();
	test_replaced_meanwhile();
	test_many_writers();
	test_killed();
	is_int(damages, 0, "no damage was seen");
	return teardown();
}
