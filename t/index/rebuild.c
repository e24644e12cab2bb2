/* rebuild.c: filling the index from the store while others write; and many who
 * write at once, or are killed. */
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

#include "indexsqlite/indexsqlite.h"
#include "lib/index.h"

#define PROCESSES 2
#define THREADS   12 /* more than there are connections */
#define ROUNDS    15
#define STALE     2500 /* more than are dropped in one go */

static enum result
walk_to(struct index *ix, const char *name, const char *description)
{
	struct index_repository repository = {.name = str_of(name),
	    .description = str_of(description),
	    .in_search = true,
	    .version = str_of("1")};
	enum result r = index_rebuild_open(ix, &repository, &err);

	return r == RC_OK ? index_rebuild_close(ix, &repository, &err) : r;
}

static void
test_rebuild(void)
{
	struct index *ix = fresh_index();

	(void)put_v1(ix, "a/pushed", "before the rebuild");
	(void)put_v1(ix, "b/stale", "");
	is_int(index_rebuild_begin(ix, &err), RC_OK, "the first rebuild");
	is_int(put_v1(ix, "c/pushed", "during the rebuild"), RC_OK,
	    "a push during it");
	is_int(walk_to(ix, "d/walked", ""), RC_OK, "a repository of the walk");
	is_int(walk_to(ix, "a/pushed", "walked"), RC_OK,
	    "one that was there, described again");
	is_int(
	    walk_to(ix, "e/walked", ""), RC_OK, "one that is removed afterwards");
	is_int(drop_repository(ix, "e/walked"), RC_OK, "by a client");
	is_str(search_for(ix, ""), "4: a/pushed b/stale c/pushed d/walked",
	    "searches go on meanwhile");
	is_str(
	    catalog_names(ix, "", 9), "rebuilding", "lists do not, the first time");
	ok(prepare_index(), "it wants the rest of the rebuild");
	is_int(index_rebuild_end(ix, &err), RC_OK, "the end");
	is_str(search_for(ix, ""), "3: a/pushed c/pushed d/walked",
	    "what the walk did not find is gone, what was pushed is there");
	is_str(search_for(ix, "walked"), "2: d/walked a/pushed",
	    "the description is new");
	ok(!prepare_index(), "the index is whole now");
	is_str(search_for(ix, ""), "3: a/pushed c/pushed d/walked",
	    "and was left alone");
	is_int(
	    index_rebuild_end(ix, &err), RC_REBUILDING, "no end without a begin");
	index_free(ix);
}

static void
test_many_stale(void)
{
	struct index *ix = fresh_index();
	char name[24];
	int i;

	(void)index_rebuild_begin(ix, &err);
	for (i = 0; i < STALE; i++) {
		(void)snprintf(name, sizeof(name), "stale-%d", i);
		(void)walk_to(ix, name, "");
	}
	(void)index_rebuild_end(ix, &err);
	(void)index_rebuild_begin(ix, &err);
	(void)walk_to(ix, "stale-1", "");
	(void)walk_to(ix, "new", "");
	is_int(index_rebuild_end(ix, &err), RC_OK, "%d stale rows", STALE - 1);
	is_str(search_for(ix, ""), "2: new stale-1", "all of them are dropped");
	ok(run_sql("INSERT INTO search (search) VALUES ('integrity-check')"),
	    "the trigrams are those of the rows");
	index_free(ix);
}

/* The new file has not the rows that came before: it must not take the version. */
static void
test_replaced_meanwhile(void)
{
	const struct index_repository c = {.name = str_of("c/two"),
	    .in_search = true,
	    .in_catalog = true,
	    .version = str_of("2")};
	const struct index_tag tag = {.name = str_of("second")};
	const struct index_change change = {
	    .repository = c, .tags = &tag, .n_tags = 1};
	struct index *ix = fresh_index();
	bool same;

	(void)index_rebuild_begin(ix, &err);
	(void)walk_to(ix, "a/one", "");
	(void)index_rebuild_open(ix, &c, &err);
	remove_index();
	(void)prepare_index();
	(void)put_v1(ix, "b/pushed", "");
	is_int(index_rebuild_add(ix, &change, &err), RC_OK,
	    "replaced during a rebuild: add goes on");
	is_int(index_rebuild_close(ix, &c, &err), RC_REBUILDING, "close sees it");
	is_int(
	    index_rebuild_same(ix, &c, &same, &err), RC_REBUILDING, "so does same");
	is_int(index_rebuild_end(ix, &err), RC_REBUILDING, "so does end");
	is_str(search_for(ix, ""), "2: b/pushed c/two", "nothing was dropped");
	is_int(sql_int("SELECT count(*) FROM repository WHERE version <> ''"), 0,
	    "and nothing has a version");
	ok(prepare_index(), "it is not whole");
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
		const struct index_tag tag = {.name = name};
		struct index_change change = {
		    .repository = {name, str_of("one"), .in_search = true,
			.in_catalog = true},
		    .tags = &tag,
		    .n_tags = 1};

		failed += index_put(ix, &change, &why) != RC_OK;
		change.repository.description = str_of("two");
		failed += index_put(ix, &change, &why) != RC_OK;
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
	struct index *ix = indexsqlite_open(index_file, on_damage, NULL);
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
	ix = indexsqlite_open(index_file, on_damage, NULL);
	is_str(search_page(ix, str_of("two"), 0, 0),
	    arena_printf(arena, "%d:", PROCESSES * THREADS * ROUNDS * 2 / 3),
	    "every row is there");
	is_str(
	    search_page(ix, str_of("one"), 0, 0), "0:", "none is as it was before");
	is_int(sql_int("SELECT count(*) FROM repository JOIN tag"
		       " ON tag.repository = id AND tag.name = repository.name"),
	    PROCESSES * THREADS * ROUNDS * 2 / 3, "each with its own tag");
	is_int(sql_int("SELECT count(*) FROM tag"),
	    PROCESSES * THREADS * ROUNDS * 2 / 3, "and no tag is left over");
	index_free(ix);
	ok(run_sql("INSERT INTO search (search) VALUES ('integrity-check')"),
	    "the trigrams are those of the rows");
}

/* Puts rows and says so, one byte each, until it is killed. */
static void
put_for_ever(int said)
{
	struct index *ix = indexsqlite_open(index_file, on_damage, NULL);
	char name[24];
	int i;

	for (i = 0; i < 100000; i++) {
		(void)snprintf(name, sizeof(name), "said-%06d", i);
		if (put_v1(ix, name, "kept") != RC_OK || write(said, ".", 1) != 1)
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
	found = strrchr(search_page(ix, str_of("kept"), (size_t)said - 1, 1), ' ');
	is_str(found, arena_printf(arena, " said-%06d", said - 1),
	    "the last one it said is there");
	index_free(ix);
}

int
main(void)
{
	setup_index();
	test_rebuild();
	test_many_stale();
	test_replaced_meanwhile();
	test_many_writers();
	test_killed();
	is_int(damages_seen, 0, "no damage was seen");
	return teardown_index();
}
