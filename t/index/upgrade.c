/* upgrade.c: indexes of older schemas that are whole: they answer at once, and the next walk reads
 * each repository. (Those that have to be filled are in damage.c.) */
#include "indexsqlite/indexsqlite.h"
#include "indexsqlite/schema.h"
#include "lib/index.h"

/* With numbers for versions. */
static void
test_version_4(void)
{
	const struct index_repository app = {.name = str_of("team/app"),
	    .in_search = true,
	    .in_catalog = true,
	    .version = str_of("7")};
	struct index *ix;
	bool wanted, same = true;

	remove_index();
	(void)schema_prepare(index_file, schema_steps, 4, &wanted, &err);
	ok(run_sql("INSERT INTO repository"
		   " (name, description, v1, v2, stamp, generation)"
		   " SELECT 'team/app', 'an app', 0, 1, 7, generation FROM state"),
	    "version 4: a repository");
	(void)run_sql("UPDATE state SET whole = 1");
	ok(!prepare_index(), "it needs no rebuild");
	is_int(sql_int("PRAGMA user_version"), SCHEMA_VERSION, "is of today's");
	ix = indexsqlite_open(index_file, on_damage, NULL);
	is_str(search_for(ix, "an app"), "1: team/app", "answers searches");
	is_str(catalog_names(ix, "", 9), " team/app", "and lists");
	(void)index_rebuild_begin(ix, &err);
	is_int(index_rebuild_same(ix, &app, &same, &err), RC_OK,
	    "a walk asks for a version");
	ok(!same, "none is known");
	(void)index_rebuild_open(ix, &app, &err);
	(void)index_rebuild_close(ix, &app, &err);
	is_int(index_rebuild_same(ix, &app, &same, &err), RC_OK, "again");
	ok(same, "now it is");
	is_int(index_rebuild_end(ix, &err), RC_OK, "the walk ends");
	index_free(ix);
}

/* What the schema before this one left: repositories in one layout, in both and hidden. */
static void
make_version_5(void)
{
	bool wanted;

	remove_index();
	(void)schema_prepare(index_file, schema_steps, 5, &wanted, &err);
	ok(run_sql("INSERT INTO repository"
		   " (name, description, v1, v2, hidden, version, generation)"
		   " SELECT column1, 'an app', column2, column3, column4, '7',"
		   " generation FROM state, (VALUES ('team/old', 1, 0, 0),"
		   " ('team/new', 0, 1, 0), ('team/both', 1, 1, 0),"
		   " ('secret/old', 1, 0, 1), ('secret/both', 1, 1, 1))"),
	    "version 5: repositories");
	ok(run_sql("INSERT INTO tag (repository, name, generation)"
		   " SELECT id, 'latest', generation FROM repository"),
	    "with a tag each");
	(void)run_sql("UPDATE state SET whole = 1");
}

static void
expect_version_5(struct index *ix)
{
	is_str(search_for(ix, ""), "3: team/both team/new team/old",
	    "searches show what is not hidden");
	is_str(search_for(ix, "an app"), "3: team/both team/new team/old",
	    "by description, too");
	is_str(catalog_names(ix, "", 9), " team/both team/new",
	    "the catalog what is in distribution's layout, too");
	is_str(tag_names(ix, "team/new", "", 9), " latest", "tags are there");
}

static void
test_version_5(void)
{
	struct index *ix;

	make_version_5();
	ok(!prepare_index(), "it needs no rebuild");
	is_int(sql_int("PRAGMA user_version"), SCHEMA_VERSION, "is of today's");
	ix = indexsqlite_open(index_file, on_damage, NULL);
	expect_version_5(ix);
	is_int(sql_int("SELECT count(*) FROM repository WHERE version <> ''"), 0,
	    "each repository is read again");
	is_str(image_names(ix, "team/new"), "", "no tag has an image yet");
	is_int(put_counterpart(ix, "team/new", "1d", "sha256:a"), RC_OK,
	    "it takes a counterpart");
	is_str(counterparts_of(ix, "", "1d"), " team/new:sha256:a", "finds it");
	is_str(catalog_names(ix, "", 9), " team/both", "one leaves the catalog");
	(void)drop_repository(ix, "team/new");
	is_int(sql_int("SELECT count(*) FROM counterpart"), 0, "and drops it");
	is_int(sql_int("SELECT count(*) FROM tag"), 4, "with its tag alone");
	ok(run_sql("INSERT INTO search (search) VALUES ('integrity-check')"),
	    "the trigrams are those of the rows that are seen");
	index_free(ix);
}

/* One that has the file open while it is migrated goes on with the statements of version 5. */
static void
test_process_of_version_5(void)
{
	static const char *const statements[] = {
	    "SELECT id, state.generation, v1 = 1 AND v2 = 1 AND hidden = 0"
	    " AND version = '' FROM repository, state WHERE name = 'team/both'",
	    "SELECT id FROM repository INDEXED BY repository_key"
	    " WHERE hidden = 0 AND (key, name) > ('', '') ORDER BY key, name",
	    "SELECT name FROM repository INDEXED BY repository_v2"
	    " WHERE v2 = 1 AND hidden = 0 AND name > '' ORDER BY name LIMIT 9",
	    "SELECT count(*) FROM repository WHERE hidden = 0",
	    "INSERT INTO repository"
	    " (name, description, v1, v2, hidden, version, generation)"
	    " VALUES ('team/app', 'pushed', 0, 1, 0, '', 1),"
	    " ('secret/app', 'pushed', 0, 1, 1, '', 1),"
	    " ('secret/both', 'shown', 1, 1, 0, '', 1),"
	    " ('team/new', 'hidden', 0, 1, 1, '', 1)"
	    " ON CONFLICT (name) DO UPDATE SET"
	    " description = excluded.description, v1 = excluded.v1,"
	    " v2 = excluded.v2, hidden = excluded.hidden,"
	    " version = excluded.version, generation = excluded.generation",
	    "INSERT INTO tag (repository, name, generation)"
	    " SELECT id, '1', 1 FROM repository WHERE name = 'team/app'"
	    " ON CONFLICT (repository, name) DO UPDATE SET"
	    " generation = excluded.generation",
	    "UPDATE repository SET generation = 2 WHERE name = 'team/app'"
	    " AND v1 = 0 AND v2 = 1 AND hidden = 0 AND version = ''",
	    "DELETE FROM repository WHERE name = 'team/old'"};
	struct index *ix;
	size_t i;

	make_version_5();
	(void)prepare_index();
	ix = indexsqlite_open(index_file, on_damage, NULL);
	for (i = 0; i < COUNT(statements); i++)
		ok(run_sql(statements[i]), "%.50s", statements[i]);
	is_str(search_for(ix, ""), "3: secret/both team/app team/both",
	    "what it wrote is found, except what it hid");
	is_str(catalog_names(ix, "", 9), " secret/both team/app team/both",
	    "and in the catalog");
	is_str(tag_names(ix, "team/app", "", 9), " 1", "a tag is there");
	index_free(ix);
}

int
main(void)
{
	setup_index();
	test_version_4();
	test_version_5();
	test_process_of_version_5();
	is_int(damages_seen, 0, "no damage was seen");
	return teardown_index();
}
