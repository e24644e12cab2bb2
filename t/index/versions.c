/* versions.c: what a rebuild reads again and what it knows by its version, what it
 * drops, and what is left of one that was cut off. */

#include <limits.h>

#include "indexsqlite/indexsqlite.h"
#include "lib/index.h"

#define MANY         2500 /* more than are dropped in one go */
#define LONG_VERSION "1f0a6c7d93b5e248 ffffffffffffffff 18446744073709551615"
#define SUBJECT      "sha256:5ab7ec7"

/* A repository of the store, with what lies in it; NULL ends a list. */
struct stored {
	const char *name;
	bool in_search, in_catalog;
	const char *version;
	const char *tags[4];
	const char *referrers[4];
};

static const struct stored app = {
    "app", true, true, "11", {"1", "2"}, {"sha256:1", "sha256:2"}};
static const struct stored both = {"team/both", true, true, "12", {"latest"}, {0}};
static const struct stored old = {"team/old", true, false, "13", {0}, {0}};

static struct index_repository
repository_of(const struct stored *s)
{
	return (struct index_repository){.name = str_of(s->name),
	    .description = str_of("described"),
	    .in_search = s->in_search,
	    .in_catalog = s->in_catalog,
	    .version = str_of(s->version)};
}

static enum result
add_tag(struct index *ix, const struct stored *s, const char *tag)
{
	const struct index_tag put = {.name = str_of(tag)};
	const struct index_change change = {
	    .repository = repository_of(s), .tags = &put, .n_tags = 1};

	return index_rebuild_add(ix, &change, &err);
}

static enum result
add_referrer(struct index *ix, const struct stored *s, const char *digest)
{
	const struct index_referrer referrer = {
	    .digest = str_of(digest), .subject = str_of(SUBJECT), .size = 1};
	const struct index_change change = {
	    .repository = repository_of(s), .referrer = &referrer};

	return index_rebuild_add(ix, &change, &err);
}

static enum result
read_it(struct index *ix, const struct stored *s)
{
	const struct index_repository repository = repository_of(s);
	enum result r = index_rebuild_open(ix, &repository, &err);
	size_t i;

	for (i = 0; r == RC_OK && s->tags[i] != NULL; i++)
		r = add_tag(ix, s, s->tags[i]);
	for (i = 0; r == RC_OK && s->referrers[i] != NULL; i++)
		r = add_referrer(ix, s, s->referrers[i]);
	return r == RC_OK ? index_rebuild_close(ix, &repository, &err) : r;
}

static bool
is_same(struct index *ix, const struct stored *s)
{
	const struct index_repository repository = repository_of(s);
	bool same = false;

	if (index_rebuild_same(ix, &repository, &same, &err) != RC_OK)
		printf("# same: %s\n", err.text);
	return same;
}

/* The walk of a rebuild that has begun: " NAME NAME" of what was read. */
static const char *
walk(struct index *ix, const struct stored *store, size_t n)
{
	enum result r = RC_OK;
	struct line line;
	size_t i;

	line_make(&line, 0);
	for (i = 0; r == RC_OK && i < n; i++)
		if (!is_same(ix, &store[i])) {
			(void)line_name(&line, str_of(store[i].name));
			r = read_it(ix, &store[i]);
		}
	return line_end(&line, r);
}

static const char *
walk_all(struct index *ix, const struct stored *store, size_t n)
{
	enum result r = index_rebuild_begin(ix, &err);
	const char *got = r == RC_OK ? walk(ix, store, n) : err_name(r);

	r = index_rebuild_end(ix, &err);
	return r == RC_OK ? got : err_name(r);
}

/* " TAG TAG | DIGEST DIGEST" of a repository. */
static const char *
content(struct index *ix, const char *name)
{
	return arena_printf(arena, "%s |%s", tag_names(ix, name, "", SIZE_MAX),
	    referrer_names(ix, name, SUBJECT, ""));
}

/* What the index holds of app and both. */
static void
expect(struct index *ix, const char *of_app, const char *of_both, const char *when)
{
	is_str(content(ix, "app"), of_app, "app: %s", when);
	is_str(content(ix, "team/both"), of_both, "team/both: %s", when);
}

static void
test_unchanged(void)
{
	const struct stored store[] = {app, both, old};
	struct index *ix = fresh_index();
	int i;

	is_str(walk_all(ix, store, 3), " app team/both team/old",
	    "the first rebuild reads all");
	ok(!prepare_index(), "it is whole");
	for (i = 0; i < 2; i++) {
		is_str(walk_all(ix, store, 3), "", "the next one reads nothing");
		expect(ix, " 1 2 | sha256:1 sha256:2", " latest |", "is as it was");
		is_str(search_for(ix, "described"), "3: app team/both team/old",
		    "so is the rest");
	}
	is_str(walk_all(ix, store, 2), "", "one that is gone is not read");
	is_str(search_for(ix, ""), "2: app team/both", "it is dropped");
	is_str(walk_all(ix, store, 3), " team/old", "until it is back");
	index_free(ix);
}

/* What is not the same as the index has it of app. */
static void
test_changed(void)
{
	static const struct {
		const char *what;
		bool same;
		struct stored now;
	} rows[] = {
	    {"nothing", true, {"app", true, true, "11", {0}, {0}}},
	    {"its version", false, {"app", true, true, "12", {0}, {0}}},
	    {"its version, as text, not as a number", false,
		{"app", true, true, "011", {0}, {0}}},
	    {"its version, which is long now", false,
		{"app", true, true, LONG_VERSION, {0}, {0}}},
	    {"its version, which cannot be found out", false,
		{"app", true, true, "", {0}, {0}}},
	    {"it is not in the catalog", false,
		{"app", true, false, "11", {0}, {0}}},
	    {"it is not in searches", false, {"app", false, true, "11", {0}, {0}}},
	    {"it is in neither", false, {"app", false, false, "11", {0}, {0}}},
	    {"its name", false, {"App", true, true, "11", {0}, {0}}},
	};
	struct index *ix = fresh_index();
	struct stored longer = app;
	size_t i;

	(void)walk_all(ix, &app, 1);
	(void)index_rebuild_begin(ix, &err);
	for (i = 0; i < COUNT(rows); i++)
		is_int(is_same(ix, &rows[i].now), rows[i].same, "changed: %s",
		    rows[i].what);
	(void)index_rebuild_end(ix, &err);
	expect(ix, " 1 2 | sha256:1 sha256:2", " |", "same took nothing away");
	longer.version = LONG_VERSION;
	is_str(walk_all(ix, &longer, 1), " app", "a long version is entered");
	is_str(walk_all(ix, &longer, 1), "", "and known");
	(void)put_v2(ix, "app", "3");
	is_str(walk_all(ix, &longer, 1), " app", "one that was pushed to is read");
	expect(ix, " 1 2 | sha256:1 sha256:2", " |", "and is what the walk found");
	longer.version = "";
	is_str(walk_all(ix, &longer, 1), " app", "without a version it is read");
	is_str(walk_all(ix, &longer, 1), " app", "each time");
	index_free(ix);
}

static void
test_vanished(void)
{
	const struct stored before[] = {app, both, old};
	const struct stored after[] = {
	    {"app", true, true, "21", {"2", "3"}, {"sha256:2", "sha256:3"}}, both};
	struct index *ix = fresh_index();

	(void)walk_all(ix, before, 3);
	(void)index_rebuild_begin(ix, &err);
	is_str(walk(ix, after, 2), " app", "what changed is read");
	expect(ix, " 2 3 | sha256:2 sha256:3", " latest |",
	    "what vanished from it is gone, what came is there");
	is_str(search_for(ix, ""), "3: app team/both team/old",
	    "a repository that vanished is there until the end");
	is_int(index_rebuild_end(ix, &err), RC_OK, "the end");
	is_str(search_for(ix, ""), "2: app team/both", "it is gone then");
	is_int(sql_int("SELECT count(*) FROM tag"), 3, "no tag is left over");
	is_int(sql_int("SELECT count(*) FROM referrer"), 2, "no referrer is");
	index_free(ix);
}

/* Pushes before, after and during the walk, each under its repository's guard. */
static void
test_pushes_beside(void)
{
	const struct stored store[] = {app, both};
	const struct stored pushed = {
	    "team/both", true, true, "22", {"latest", "new"}, {0}};
	struct index *ix = fresh_index();

	(void)walk_all(ix, store, 2);
	(void)index_rebuild_begin(ix, &err);
	ok(is_same(ix, &app), "app is the same");
	(void)put_v2(ix, "app", "3");
	(void)put_v2(ix, "team/both", "new");
	(void)put_v2(ix, "team/new", "latest");
	is_str(walk(ix, &pushed, 1), " team/both", "one that is pushed to is read");
	is_int(index_rebuild_end(ix, &err), RC_OK, "the end");
	expect(ix, " 1 2 3 | sha256:1 sha256:2", " latest new |",
	    "has what was pushed during the walk");
	is_str(catalog_names(ix, "", 9), " app team/both team/new",
	    "so has the catalog");
	index_free(ix);
}

/* The walk is cut off in the middle of both, which has a new tag. */
static struct index *
cut_off(struct index *ix, const struct stored *now)
{
	const struct index_repository repository = repository_of(now);

	(void)index_rebuild_begin(ix, &err);
	(void)walk(ix, &app, 1);
	(void)index_rebuild_open(ix, &repository, &err);
	(void)add_tag(ix, now, "new");
	index_free(ix);
	return indexsqlite_open(index_file, on_damage, NULL);
}

static void
test_cut_off(void)
{
	const struct stored now = {
	    "team/both", true, true, "32", {"new", "newer"}, {0}};
	const struct stored before[] = {app, both}, after[] = {app, now};
	struct index *ix = fresh_index();

	(void)walk_all(ix, before, 2);
	ix = cut_off(ix, &now);
	ok(!prepare_index(), "cut off: it was whole before, and goes on answering");
	expect(ix, " 1 2 | sha256:1 sha256:2", " latest new |", "nothing is lost");
	is_int(put_v2(ix, "team/new", "latest"), RC_OK, "a push after it");
	(void)index_rebuild_begin(ix, &err);
	is_str(walk(ix, after, 2), " team/both", "the next reads what was cut off");
	(void)index_rebuild_end(ix, &err);
	expect(ix, " 1 2 | sha256:1 sha256:2", " new newer |", "all is there");
	index_free(ix);
	ix = cut_off(fresh_index(), &now);
	ok(prepare_index(), "the first one cut off: it has to be filled");
	is_str(catalog_names(ix, "", 9), "rebuilding", "the catalog has to wait");
	is_str(walk_all(ix, after, 2), " team/both",
	    "the next does not read again what was read");
	expect(ix, " 1 2 | sha256:1 sha256:2", " new newer |", "all is there");
	index_free(ix);
}

/* Every other tag, counterpart and referrer of app is of an older generation. */
static void
fill_app(void)
{
	ok(run_sql(arena_printf(arena,
	       "CREATE TABLE n (i INTEGER PRIMARY KEY);"
	       "INSERT INTO n WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL"
	       " SELECT i + 1 FROM c WHERE i < 2 * %d) SELECT i FROM c;"
	       "INSERT INTO tag (repository, name, generation) SELECT id, printf('tag-%%d', i), CASE WHEN i %% 2"
	       " THEN repository.generation ELSE 0 END FROM n, repository;"
	       "INSERT INTO counterpart SELECT id, printf('1d-%%d', i / 3),"
	       " printf('sha256:n%%d', i), CASE WHEN i %% 2"
	       " THEN repository.generation ELSE 0 END FROM n, repository;"
	       "INSERT INTO referrer SELECT NULL, id, printf('sha256:n%%d', i),"
	       " '" SUBJECT "', '', '', 0, CASE WHEN i %% 2"
	       " THEN repository.generation ELSE 0 END, '' FROM n, repository;"
	       "DROP TABLE n",
	       MANY)),
	    "%d tags, counterparts and referrers", 2 * MANY);
}

static void
test_many(void)
{
	const struct index_repository repository = repository_of(&app);
	struct index *ix = fresh_index();

	(void)index_rebuild_begin(ix, &err);
	(void)index_rebuild_open(ix, &repository, &err);
	fill_app();
	(void)work_done();
	is_int(index_rebuild_close(ix, &repository, &err), RC_OK,
	    "half of them were not found");
	is_int(work_done().commits, 3 * MANY / 1000 + 1,
	    "they are dropped a thousand at once");
	is_int(sql_int("SELECT count(*) FROM tag WHERE generation <> 0"), MANY,
	    "the other tags are there");
	is_int(sql_int("SELECT count(*) FROM counterpart WHERE generation <> 0"),
	    MANY, "and the other counterparts");
	is_int(sql_int("SELECT count(*) FROM referrer WHERE generation <> 0"), MANY,
	    "and the other referrers");
	is_int(sql_int("SELECT (SELECT count(*) FROM tag)"
		       " + (SELECT count(*) FROM counterpart)"
		       " + (SELECT count(*) FROM referrer)"),
	    3 * MANY, "and nothing else");
	is_int(sql_int("SELECT version = '11' FROM repository"), 1,
	    "it has its version");
	(void)index_rebuild_end(ix, &err);
	(void)index_rebuild_begin(ix, &err);
	(void)work_done();
	is_int(index_rebuild_end(ix, &err), RC_OK, "all of it was not found");
	is_int(work_done().commits, 3 * MANY / 1000 + 2,
	    "it is dropped a thousand at once, too");
	is_int(sql_int("SELECT (SELECT count(*) FROM tag)"
		       " + (SELECT count(*) FROM counterpart)"
		       " + (SELECT count(*) FROM referrer)"
		       " + (SELECT count(*) FROM repository)"),
	    0, "nothing is left");
	index_free(ix);
}

/* The version must not come before all of its work is done. */
static void
test_cut_close(void)
{
	const struct index_repository repository = repository_of(&app);
	struct index *ix = fresh_index();

	(void)index_rebuild_begin(ix, &err);
	(void)index_rebuild_open(ix, &repository, &err);
	fill_app();
	commits_left = 1;
	ok(index_rebuild_close(ix, &repository, &err) != RC_OK,
	    "close is cut off after its first thousand");
	commits_left = INT_MAX;
	is_int(sql_int("SELECT count(*) FROM tag"), 2 * MANY - 1000,
	    "which are dropped");
	is_int(sql_int("SELECT version = '' FROM repository"), 1,
	    "it has no version yet");
	index_free(ix);
	damages_seen = 0;
}

int
main(void)
{
	setup_index();
	watch_sqlite();
	test_unchanged();
	test_changed();
	test_vanished();
	test_pushes_beside();
	test_cut_off();
	test_many();
	test_cut_close();
	is_int(damages_seen, 0, "no damage was seen");
	return teardown_index();
}
