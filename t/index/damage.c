/* damage.c: files that are missing, damaged, replaced, of another version,
 * and disks that take nothing. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "indexsqlite/indexsqlite.h"
#include "indexsqlite/schema.h"
#include "lib/index.h"

#define ROWS      2000 /* some hundred pages */
#define PAGE_SIZE 4096

static struct index *
filled_index(void)
{
	struct index *ix = fresh_index();
	char name[32];
	int i;

	damages_seen = 0;
	(void)index_rebuild_begin(ix, &err);
	for (i = 0; i < ROWS; i++) {
		(void)snprintf(name, sizeof(name), "team-%d/app-%d", i % 100, i);
		(void)index_rebuild_open(ix,
		    &(struct index_repository){.name = str_of(name),
			.description = str_of("an app"),
			.in_search = true},
		    &err);
	}
	(void)index_rebuild_end(ix, &err);
	return ix;
}

/* Everything is in the file, nothing in the -wal: what happens to the file counts.
 */
static void
move_into_file(void)
{
	(void)run_sql("PRAGMA wal_checkpoint(TRUNCATE)");
}

static void
overwrite(const char *text, size_t n, off_t at)
{
	int fd = open(index_file, O_WRONLY | O_CREAT, 0644);

	if (fd == -1 || pwrite(fd, text, n, at) != (ssize_t)n)
		printf("# cannot write %s: %m\n", index_file);
	(void)close(fd);
}

static void
write_text_file(void)
{
	if (truncate(index_file, 0) == -1 && errno != ENOENT)
		printf("# cannot empty %s: %m\n", index_file);
	overwrite("This is not an index.\n", 22, 0);
}

/* Searches that read more and more pages: "found", or the first error's name. */
static const char *
search_hard(struct index *ix)
{
	static const char *const terms[] = {
	    "team-50/app-1950", "app", "n app", "z", ""};
	const char *got;
	size_t i;

	for (i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
		got = search_for(ix, terms[i]);
		if (strchr(got, ':') == NULL)
			return got;
	}
	return "found";
}

/* What must follow on any damage that a call has met. */
static void
expect_recovery(struct index *ix, const char *what)
{
	is_str(search_hard(ix), "rebuilding", "%s: RC_REBUILDING", what);
	is_int(damages_seen, 1, "%s: on_damage was called", what);
	(void)search_hard(ix);
	(void)put_v1(ix, "a/b", "");
	is_int(damages_seen, 1, "%s: once", what);
	ok(prepare_index(), "%s: index_prepare() wants a rebuild", what);
	is_int(
	    put_v1(ix, "new/row", ""), RC_OK, "%s: the new file takes rows", what);
	is_str(search_for(ix, ""), "1: new/row", "%s: and has nothing else", what);
	is_int(damages_seen, 1, "%s: no more damage", what);
	ok(prepare_index(), "%s: it still wants its rebuild", what);
	is_str(search_for(ix, ""), "1: new/row", "%s: and keeps what came since",
	    what);
}

static void
test_missing(void)
{
	struct index *ix;

	damages_seen = 0;
	ix = indexsqlite_open(index_file, on_damage, NULL);
	expect_recovery(ix, "never made");
	index_free(ix);
	ix = filled_index();
	remove_index();
	expect_recovery(ix, "removed");
	remove_index();
	damages_seen = 0;
	expect_recovery(ix, "removed again");
	index_free(ix);
	ix = indexsqlite_open(in_dir("nowhere/index.db"), NULL, NULL);
	is_str(search_for(ix, ""), "rebuilding", "on_damage may be NULL");
	index_free(ix);
}

static void
test_missing_wal(void)
{
	struct index *ix = filled_index(), *other;

	(void)unlink(in_dir("index.db-wal"));
	expect_recovery(ix, "no -wal");
	index_free(ix);
	ix = filled_index();
	(void)unlink(in_dir("index.db-wal"));
	(void)close(open(in_dir("index.db-wal"), O_WRONLY | O_CREAT, 0644));
	is_int(put_v1(ix, "new/row", ""), RC_OK, "another -wal: put");
	other = indexsqlite_open(index_file, on_damage, NULL);
	is_str(search_for(other, "new/row"), "1: new/row",
	    "another -wal: put went there");
	index_free(other);
	index_free(ix);
	ix = filled_index();
	index_free(ix);
	(void)unlink(in_dir("index.db-wal"));
	ok(prepare_index(), "no -wal at start: it wants a rebuild");
}

static void
test_cut_wal(void)
{
	struct index *ix = filled_index(),
		     *later = indexsqlite_open(index_file, on_damage, NULL);

	set_up(truncate(in_dir("index.db-wal"), 100));
	expect_recovery(later, "-wal cut");
	index_free(later);
	index_free(ix);
}

/* With an index that is open and with one that is opened later. */
static void
test_damaged(const char *what, void (*damage)(void))
{
	struct index *ix = filled_index(), *later;

	move_into_file();
	damage();
	expect_recovery(ix, arena_printf(arena, "%s, open", what));
	index_free(ix);
	index_free(filled_index());
	move_into_file();
	damage();
	later = indexsqlite_open(index_file, on_damage, NULL);
	expect_recovery(later, arena_printf(arena, "%s, opened later", what));
	index_free(later);
}

static void
damage_middle(void)
{
	char junk[PAGE_SIZE];
	struct stat st;
	off_t at;

	memset(junk, 0xa5, sizeof(junk));
	(void)stat(index_file, &st);
	for (at = 20 * PAGE_SIZE; at < st.st_size; at += PAGE_SIZE)
		overwrite(junk, sizeof(junk), at);
}

static void
damage_half(void)
{
	struct stat st;

	(void)stat(index_file, &st);
	set_up(truncate(index_file, st.st_size / 2));
}

static void
damage_to_nothing(void)
{
	set_up(truncate(index_file, 0));
}

static void
damage_replace(void)
{
	(void)unlink(index_file);
	write_text_file();
}

static void
damage_tables(void)
{
	(void)run_sql("DROP TABLE search");
}

/* Searches do without the state, changes do not. */
static void
test_missing_state(void)
{
	struct index *ix = filled_index();

	(void)run_sql("DELETE FROM state");
	is_int(put_v1(ix, "a/b", ""), RC_REBUILDING, "no state: put");
	expect_recovery(ix, "no state");
	index_free(ix);
}

/* One page of the trigrams, the last in their order: most calls do not meet it, and
 * index_prepare() cannot. */
static void
test_damage_is_remembered(void)
{
	struct index *ix = filled_index();

	(void)run_sql("INSERT INTO search (search) VALUES ('optimize')");
	(void)run_sql(
	    "DELETE FROM search_data WHERE id = (SELECT max(id) FROM search_data)");
	ok(!prepare_index(), "index_prepare() does not see that a page is missing");
	is_str(search_for(ix, "!!!"), "0:", "nor do all searches");
	is_int(damages_seen, 0, "none says so");
	is_str(search_for(ix, "team-50/app-1950"), "rebuilding", "one does");
	is_int(damages_seen, 1, "and says so");
	ok(prepare_index(), "index_prepare() knows it then");
	is_str(search_for(ix, ""), "0:", "the file is a new one");
	index_free(ix);
}

static void
test_replaced(void)
{
	struct index *ix = filled_index(), *other;

	remove_index();
	(void)prepare_index();
	other = indexsqlite_open(index_file, on_damage, NULL);
	(void)put_v1(other, "only/here", "");
	is_str(
	    search_for(ix, ""), "1: only/here", "an open index follows its path");
	is_int(put_v1(ix, "from/me", ""), RC_OK, "it writes");
	is_str(search_for(other, ""), "2: from/me only/here", "to the new file");
	is_int(damages_seen, 0, "that was no damage");
	index_free(ix);
	is_str(search_for(other, ""), "2: from/me only/here",
	    "which its end leaves alone");
	index_free(other);
}

static int foreign; /* calls of on_foreign() */

static void
on_foreign(void *arg)
{
	(void)arg;
	foreign++;
}

static struct index *
watched_index(void)
{
	struct index *ix = filled_index();

	foreign = 0;
	index_watch(ix, on_foreign, NULL);
	return ix;
}

/* More than sqlite lets grow before it moves changes from the -wal into the file. */
static void
write_much(struct index *ix)
{
	char name[32];
	int i;

	for (i = 0; i < 400; i++) {
		(void)snprintf(name, sizeof(name), "much/app-%d", i);
		(void)put_v1(ix, name, "an app of which there are many");
	}
}

static void
test_foreign_writes(void)
{
	struct index *ix = watched_index(),
		     *other = indexsqlite_open(index_file, on_damage, NULL);

	(void)search_for(ix, "");
	is_int(put_v1(other, "new/row", ""), RC_OK, "another process writes");
	is_str(search_for(ix, "new/row"), "1: new/row", "which is seen");
	write_much(other);
	write_much(ix);
	(void)search_for(ix, "");
	is_int(foreign, 0, "what berth writes is not foreign");
	(void)run_sql("UPDATE repository SET version = '7'");
	(void)run_sql("DELETE FROM repository WHERE name = 'new/row'");
	(void)search_for(ix, "");
	is_int(foreign, 1, "what another program removes is noticed");
	is_int(sql_int("SELECT count(*) FROM repository WHERE version <> ''"), 0,
	    "everything is to be read again");
	(void)search_for(ix, "");
	(void)put_v1(ix, "a/b", "");
	is_int(foreign, 1, "once");
	(void)search_for(other, "");
	is_int(damages_seen, 0, "it is not damage");
	index_free(other);
	index_free(ix);
}

/* The next sync of the database is when this index reads, in a thread. */
static struct index *reads_at_sync;
static pthread_t reader;

static bool
see_name(void *arg, struct str name)
{
	(void)arg, (void)name;
	return true;
}

static void *
read_names(void *arg)
{
	struct err ignored;

	(void)index_catalog(arg, &(struct index_page){{"", 0}, 1},
	    &(struct index_name_visitor){see_name, NULL}, &ignored);
	return NULL;
}

/* Stands before libc's. */
int
fdatasync(int fd)
{
	int (*next)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
	struct index *ix = reads_at_sync;

	reads_at_sync = NULL;
	if (ix != NULL && pthread_create(&reader, NULL, read_names, ix) == 0)
		(void)nanosleep(&(struct timespec){0, 100000000}, NULL);
	return next(fd);
}

/* All of the -wal is in the file, so the next write begins it again. */
static void
test_wal_again(void)
{
	struct index *ix = watched_index(),
		     *other = indexsqlite_open(index_file, on_damage, NULL);

	(void)put_v1(other, "a/b", "");
	(void)run_sql("PRAGMA wal_checkpoint(PASSIVE)");
	(void)search_for(ix, "");
	reads_at_sync = ix;
	is_int(put_v1(other, "c/d", ""), RC_OK, "another process writes");
	(void)pthread_join(reader, NULL);
	is_int(foreign, 0, "a reader meanwhile does not take it for foreign");
	(void)search_for(ix, "");
	(void)run_sql("UPDATE repository SET version = '7'");
	(void)search_for(ix, "");
	is_int(foreign, 1, "what is foreign is noticed");
	index_free(other);
	index_free(ix);
}

/* A backup is put in its place, with its -wal. */
static void
test_foreign_file(void)
{
	const char *copy = in_dir("copy.db"), *wal = in_dir("copy.db-wal");
	struct index *ix = watched_index(), *backup;
	bool wanted;

	(void)search_for(ix, "");
	is_int(prepare_index_at(copy, &wanted), RC_OK, "another index");
	backup = indexsqlite_open(copy, NULL, NULL);
	is_int(rebuild_index(backup), RC_OK, "is whole");
	index_free(backup);
	set_up(rename(copy, index_file));
	set_up(rename(wal, in_dir("index.db-wal")));
	(void)unlink(in_dir("index.db-shm"));
	(void)unlink(in_dir("copy.db-shm"));
	is_str(search_for(ix, ""), "0:", "it answers in place of the one that was");
	is_int(foreign, 1, "which is noticed");
	(void)search_for(ix, "");
	is_int(foreign, 1, "once");
	remove_index();
	(void)prepare_index();
	(void)search_for(ix, "");
	is_int(foreign, 1, "one that berth makes is not foreign");
	index_free(ix);
}

static void
test_directory(void)
{
	struct index *ix = filled_index();
	bool wanted;

	(void)search_for(ix, "");
	remove_index();
	set_up(mkdir(index_file, 0755));
	set_up(mkdir(in_dir("index.db/something"), 0755));
	is_str(search_for(ix, ""), "rebuilding", "a directory in its place");
	is_int(damages_seen, 1, "is reported as damage");
	is_int(prepare_index_at(index_file, &wanted), RC_IO, "it is not removed");
	ok(strstr(err.text, "directory") != NULL, "but named: %s", err.text);
	set_up(rmdir(in_dir("index.db/something")));
	ok(prepare_index(), "one that is empty gives way");
	is_str(search_for(ix, ""), "0:", "and the index is there again");
	index_free(ix);
}

static void
test_newer_version(void)
{
	const char *steps[SCHEMA_VERSION + 1];
	bool wanted = false;
	struct index *ix = filled_index();
	struct err why;

	memcpy(steps, schema_steps, sizeof(schema_steps));
	steps[SCHEMA_VERSION] = "CREATE TABLE newer (name TEXT);"
				"UPDATE state SET whole = 0";
	is_int(schema_prepare(index_file, steps, SCHEMA_VERSION + 1, &wanted, &why),
	    RC_OK, "a newer berth");
	ok(wanted, "wants to fill its new table");
	ok(run_sql("SELECT name FROM newer"), "which is there");
	is_str(search_page(ix, str_of("team-1/"), 0, 1), "20: team-1/app-1",
	    "an older process goes on with it");
	is_int(schema_prepare(index_file, steps, SCHEMA_VERSION + 1, &wanted, &why),
	    RC_OK, "and again");
	ok(wanted && run_sql("SELECT name FROM newer"), "nothing to migrate");
	index_free(ix);
	ix = indexsqlite_open(index_file, on_damage, NULL);
	expect_recovery(ix, "newer version");
	index_free(ix);
}

/* What berth 0.1.0 left: made by its one step, filled with its own SQL, and whole. */
static void
make_version_1(void)
{
	bool wanted;

	remove_index();
	(void)schema_prepare(index_file, schema_steps, 1, &wanted, &err);
	(void)run_sql("INSERT INTO repository (name, description, generation)"
		      " SELECT column1, column2, generation FROM state,"
		      " (VALUES ('library/centos', ''), ('team/app', 'an app'))");
	(void)run_sql("UPDATE state SET whole = 1, cursor = 'team/app'");
}

static void
test_older_version(void)
{
	struct index *ix;

	make_version_1();
	damages_seen = 0;
	ix = indexsqlite_open(index_file, on_damage, NULL);
	is_str(search_for(ix, ""), "rebuilding", "version 1 is not used as it is");
	index_free(ix);
	make_version_1();
	ok(prepare_index(), "version 1: wants a rebuild");
	is_int(sql_int("PRAGMA user_version"), SCHEMA_VERSION, "is of today's");
	ix = indexsqlite_open(index_file, on_damage, NULL);
	is_str(search_for(ix, ""), "2: library/centos team/app", "has its rows");
	is_str(search_for(ix, "an app"), "1: team/app", "and their descriptions");
	is_int(sql_int("SELECT count(*) FROM repository"
		       " WHERE hidden = 0 AND in_catalog = 0 AND version = ''"),
	    2, "they are not in the catalog");
	is_str(
	    catalog_names(ix, "", 9), "rebuilding", "the catalog has to be filled");
	is_int(put_v2(ix, "team/app", "latest"), RC_OK, "it takes a tag");
	ok(prepare_index(), "and wants its rebuild until it had one");
	is_int(rebuild_index(ix), RC_OK, "after that");
	is_str(catalog_names(ix, "", 9), "", "a store that is empty is listed so");
	ok(!prepare_index(), "and nothing is wanted any more");
	index_free(ix);
}

/* A process of version 1 that is still there when its master has ended. */
static void
test_older_process(void)
{
	struct index *ix;

	make_version_1();
	(void)prepare_index();
	ok(run_sql("INSERT INTO repository (name, description, generation)"
		   " VALUES ('team/web', 'the site', 1)"
		   " ON CONFLICT (name) DO UPDATE SET"
		   " description = excluded.description"),
	    "a change by version 1");
	ok(run_sql("UPDATE state SET cursor = 'team/web'"), "and a mark by it");
	ix = indexsqlite_open(index_file, on_damage, NULL);
	is_str(search_for(ix, "site"), "1: team/web", "are not damage");
	ok(run_sql("DELETE FROM repository WHERE name = 'team/web'"),
	    "nor is what it drops");
	is_str(search_for(ix, "site"), "0:", "which is gone");
	index_free(ix);
}

static void
test_other_application(void)
{
	struct index *ix;

	index_free(filled_index());
	(void)run_sql("PRAGMA application_id = 7");
	ix = indexsqlite_open(index_file, on_damage, NULL);
	expect_recovery(ix, "of another application");
	index_free(ix);
}

/* sqlite's own writes fail from here on; what the system calls say is errno. */
static int disk_error;

static ssize_t
failing_pwrite(int fd, const void *p, size_t n, off_t at)
{
	(void)fd, (void)p, (void)n, (void)at;
	errno = disk_error;
	return -1;
}

static void
break_disk(int error)
{
	static const char *const calls[] = {"pwrite", "pwrite64"};
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
	sqlite3_syscall_ptr fn = error == 0 ? NULL
					    : (sqlite3_syscall_ptr)failing_pwrite;
	size_t i;

	disk_error = error;
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		(void)vfs->xSetSystemCall(vfs, calls[i], fn);
}

static void
test_full_disk(void)
{
	struct index *ix = filled_index();
	bool wanted;

	break_disk(ENOSPC);
	is_int(put_v1(ix, "new/row", ""), RC_FULL, "full disk: put");
	is_int(drop_repository(ix, "team-1/app-1"), RC_FULL, "full disk: drop");
	is_str(search_page(ix, str_of("team-1/"), 0, 1), "20: team-1/app-1",
	    "full disk: searches go on");
	break_disk(EDQUOT);
	is_int(put_v1(ix, "new/row", ""), RC_FULL, "no quota left: put");
	break_disk(EIO);
	is_int(put_v1(ix, "new/row", ""), RC_IO, "broken disk: put");
	break_disk(0);
	is_int(put_v1(ix, "new/row", ""), RC_OK, "room again: put");
	is_str(search_for(ix, "new/"), "1: new/row", "room again: it is found");
	ok(!prepare_index(), "and it is whole");
	is_int(damages_seen, 0, "none of it was damage");
	index_free(ix);
	remove_index();
	break_disk(ENOSPC);
	is_int(prepare_index_at(index_file, &wanted), RC_FULL,
	    "full disk: a new index");
	break_disk(0);
	ok(prepare_index(), "room again: a new index");
}

static void
test_full_disk_migration(void)
{
	struct index *ix;
	bool wanted;

	make_version_1();
	break_disk(ENOSPC);
	is_int(prepare_index_at(index_file, &wanted), RC_FULL,
	    "full disk: a migration");
	break_disk(0);
	is_int(sql_int("PRAGMA user_version"), 1,
	    "the older version was left as it was");
	ok(prepare_index(), "room again: the migration");
	ix = indexsqlite_open(index_file, on_damage, NULL);
	is_str(search_for(ix, ""), "2: library/centos team/app", "lost nothing");
	index_free(ix);
}

/* As nobody: root may write everywhere. The answers travel in the exit status. */
static int
use_as_nobody(void)
{
	struct index *ix = indexsqlite_open(index_file, on_damage, NULL);
	bool wanted;
	int wrong = 0;

	if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
		return 64;
	wrong |= put_v1(ix, "new/row", "") != RC_IO ? 1 : 0;
	wrong |= prepare_index_at(in_dir("other.db"), &wanted) != RC_IO ? 2 : 0;
	wrong |= strstr(err.text, in_dir("other.db")) == NULL ? 4 : 0;
	wrong |= damages_seen != 0 ? 8 : 0;
	index_free(ix);
	return wrong;
}

static void
test_read_only(void)
{
	bool wanted;
	int status = -1;
	pid_t pid;

	index_free(filled_index());
	(void)chmod(index_file, 0444);
	(void)chmod(dir, 0555);
	pid = fork();
	if (pid == 0)
		_exit(use_as_nobody());
	(void)waitpid(pid, &status, 0);
	(void)chmod(dir, 0755);
	is_int(status, 0,
	    "a directory that cannot be written: RC_IO, its name, no damage");
	is_int(prepare_index_at(in_dir("nowhere/index.db"), &wanted), RC_IO,
	    "no directory: RC_IO");
	ok(strstr(err.text, in_dir("nowhere/index.db")) != NULL,
	    "with its name: %s", err.text);
	is_int(prepare_index_at(dir, &wanted), RC_IO,
	    "a directory in its place: RC_IO");
	ok(strstr(err.text, dir) != NULL, "with its name: %s", err.text);
}

int
main(void)
{
	setup_index();
	test_missing();
	test_missing_wal();
	test_cut_wal();
	test_damaged("junk in the middle", damage_middle);
	test_damaged("cut in half", damage_half);
	test_damaged("cut to nothing", damage_to_nothing);
	test_damaged("a text file", write_text_file);
	test_damaged("replaced by a text file", damage_replace);
	test_damaged("a table is missing", damage_tables);
	test_missing_state();
	test_damage_is_remembered();
	test_replaced();
	test_foreign_writes();
	test_wal_again();
	test_foreign_file();
	test_directory();
	test_newer_version();
	test_older_version();
	test_older_process();
	test_other_application();
	test_full_disk();
	test_full_disk_migration();
	test_read_only();
	return teardown_index();
}
