/* marks.c: a change that the index has missed marks its repository, and that one alone is
 * looked at again. A description that could not be read is not taken for none. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "images/properties.h"
#include "images/repository.h"
#include "index/index.h"
#include "indexsqlite/indexsqlite.h"
#include "lib/registry.h"
#include "lib/v2_store.h"
#include "registry/indexing.h"
#include "registry/reindex.h"
#include "store/mark.h"

static int lost, lost_all;
static char last_looked_at[64];
static unsigned long looked_at;

static void
note_lost(void *arg, bool all)
{
	(void)arg;
	lost++;
	lost_all += all;
}

static void
note_progress(void *arg, unsigned long done, const char *name)
{
	(void)arg;
	looked_at = done;
	(void)snprintf(last_looked_at, sizeof(last_looked_at), "%s", name);
}

static enum result
announce(const char *name)
{
	struct v1name parsed;

	if (v1name_parse(arena, str_of(name), &parsed, &err) != RC_OK)
		bail_out(name);
	return repository_announce(
	    TASK(arena), &parsed, str_of("[{\"id\": \"0123456789abcdef\"}]"));
}

/* Only what has a mark. */
static void
reindex_marked(const char *what)
{
	const struct reindex how = {.marked = true, .progress = note_progress};
	bool done;

	looked_at = 0;
	is_int(reindex_run(TASK(arena), &how, &done), RC_OK, "%s", what);
	ok(done, "to the end");
}

static bool
print_name(void *arg, const struct index_row *row)
{
	buf_printf(
	    arg, "%.*s(%.*s) ", STR_ARG(row->name), STR_ARG(row->description));
	return true;
}

static const char *
found(void)
{
	const struct index_query query = {.term = str_of(""), .limit = SIZE_MAX};
	struct buf b;
	const struct index_visitor visitor = {NULL, print_name, &b};

	buf_init(&b, arena, 4096);
	buf_adds(&b, "");
	if (index_search(reg.index, &query, &visitor, &err) != RC_OK)
		return err.text;
	return str_dup(arena, buf_str(&b));
}

/* Changes go on while the index cannot be written. */
static void
lose_index(void)
{
	index_free(reg.index);
	reg.index = indexsqlite_open(in_dir("_berth/tmp"), NULL, NULL);
	lost = lost_all = 0;
}

static void
find_index(void)
{
	index_free(reg.index);
	reg.index = indexsqlite_open(index_path(), NULL, NULL);
}

static void
test_marked(void)
{
	struct v1name other;

	is_int(announce("team/other"), RC_OK, "another repository");
	lose_index();
	indexing_mark(TASK(arena), "team/app");
	is_int(announce("team/app"), RC_OK, "a change that the index misses");
	ok(lost > 0, "somebody hears of it");
	ok(is_there("_berth/mark/team%2Fapp"), "the repository has a mark");
	find_index();
	is_str(found(), "team/other() ", "the index lacks it");
	reindex_marked("the marked ones are looked at");
	is_int(looked_at, 1, "one");
	is_str(last_looked_at, "team/app", "that one");
	is_str(found(), "team/app() team/other() ", "the index has it");
	ok(!is_there("_berth/mark/team%2Fapp"), "and the mark is gone");

	lose_index();
	other = (struct v1name){"team", "other"};
	is_int(repository_remove(TASK(arena), &other), RC_OK, "one is removed");
	find_index();
	indexing_mark(TASK(arena), "team/other");
	reindex_marked("it is looked at");
	is_str(found(), "team/app() ", "and dropped");
	is_str(reindex_fault(), NULL, "a whole rebuild says the same");
}

/* A mark that is left when all are read, whether they have changed or not. */
static void
test_whole(void)
{
	const struct reindex how = {.progress = note_progress};
	bool done = false;

	indexing_mark(TASK(arena), "team/app");
	is_int(reindex_run(TASK(arena), &how, &done), RC_OK,
	    "a whole rebuild with a mark");
	ok(done, "to the end");
	ok(!is_there("_berth/mark/team%2Fapp"), "the mark is gone");
	indexing_mark(TASK(arena), "team/app");
	is_str(reindex_fault(), NULL, "one that reads everything");
	ok(!is_there("_berth/mark/team%2Fapp"), "the mark is gone");
}

/* The privacy of "library/x" is that of "x", whose own version does not tell. */
static void
test_privacy_of_alias(void)
{
	const bool yes = true;
	const struct properties_change hide = {.is_private = &yes};
	const struct v1name other = {"library", "x"};
	const struct digest d = write_manifest("x", "{}");

	write_tag("x", "latest", &d);
	indexing_mark(TASK(arena), "x");
	reindex_marked("indexed");
	is_str(found(), "team/app() x() ", "shown");
	lose_index();
	is_int(properties_put(TASK(arena), &other, &hide), RC_OK, "hidden");
	find_index();
	indexing_mark(TASK(arena), "x");
	is_str(found(), "team/app() x() ", "the index has missed it");
	reindex_marked("looked at");
	is_str(found(), "team/app() ", "no longer shown");
}

static void
test_long_name(void)
{
	char name[256];

	memset(name, '/', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	lost = lost_all = 0;
	indexing_mark(TASK(arena), name);
	is_int(lost_all, 1, "a name too long for a mark: all are looked at");
	indexing_mark(TASK(arena), "team/app");
	is_int(lost, 2, "another call");
	is_int(lost_all, 1, "for one repository");
	is_int(store_mark_remove(store, "team/app", &err), RC_OK, "removed");
	is_int(store_mark_remove(store, "team/app", &err), RC_OK, "removed again");
}

int
main(void)
{
	setup_store(IN_MEMORY);
	make_index();
	open_registry();
	reg.index_lost = note_lost;
	test_marked();
	test_whole();
	test_privacy_of_alias();
	test_long_name();
	close_registry();
	return teardown_store();
}
