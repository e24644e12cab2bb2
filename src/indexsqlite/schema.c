/* schema.c: see schema.h.
 *
 * index_prepare() opens the file and asks it what it is. A file of an older version is migrated
 * in one transaction. One that is missing, damaged, newer or not berth's is removed and created,
 * which is a migration from version 0. What it does not do is read the file: damage that a call
 * met is in state.damaged. */
#include "indexsqlite/schema.h"

#include <stdio.h>

#include "index/index.h"
#include "indexsqlite/pool.h"

/* "bert"; file(1) and index_prepare() know the file by it. */
#define APPLICATION_ID 0x62657274

/* state has one row. Its generation starts at a number that no other file has, so
 * that a rebuild sees when the file was replaced under it. whole: it has been filled
 * once.
 *
 * Some columns are not used any more: state.cursor, of version 1; repository.stamp, of versions
 * 2 to 4, which the text repository.version has replaced; repository.v1 and v2, with the index
 * repository_v2, of versions 2 to 5. They stay, because only sqlite 3.35 and later can drop a
 * column, and because a process of such a version that still runs must not take their absence
 * for damage. A repository of an older index has an empty version, and the next walk reads it
 * again.
 *
 * hidden is the contrary of in_search. Until version 5 the catalog did not show such a
 * repository either; in_catalog says that by itself now, for version 6 has repositories that are
 * only in the catalog. Two triggers set it for what a process of version 5 writes: only such a
 * process writes v2.
 *
 * writes counts the transactions in which berth changed something. Another program does
 * not count, so what it changes is noticed (pool.c).
 *
 * search finds pieces of text of three characters and more. It holds no text of its
 * own: the triggers keep it equal to the rows of repository, hidden ones excepted (since
 * version 3, after which every repository is read again).
 *
 * Keys and origins of counterparts are packed (packed.h).
 *
 * A row of tag, counterpart or referrer belongs to a repository by its id and goes with it.
 * The annotations of a referrer may be long: they stand last, where a filter does not read
 * them. There is no index of counterparts by origin: only the removal of a manifest asks for
 * it, which reads those of its repository. */
const char *const schema_steps[SCHEMA_VERSION] = {
    "CREATE TABLE state ("
    "  generation INTEGER NOT NULL,"
    "  whole INTEGER NOT NULL,"
    "  damaged INTEGER NOT NULL,"
    "  cursor TEXT);"
    "INSERT INTO state VALUES (1 + (random() & 0xffffffffffff), 0, 0, NULL);"

    "CREATE TABLE repository ("
    "  id INTEGER PRIMARY KEY,"
    "  name TEXT NOT NULL UNIQUE,"
    "  description TEXT NOT NULL,"
    "  generation INTEGER NOT NULL,"
    "  key TEXT NOT NULL AS (lower(name)) STORED);"
    "CREATE INDEX repository_key ON repository (key, name);"

    "CREATE VIRTUAL TABLE search USING fts5 (name, description,"
    "  content = 'repository', content_rowid = 'id',"
    "  tokenize = 'trigram', columnsize = 0);"
    "CREATE TRIGGER repository_put AFTER INSERT ON repository BEGIN"
    "  INSERT INTO search (rowid, name, description)"
    "  VALUES (new.id, new.name, new.description);"
    "END;"
    "CREATE TRIGGER repository_drop AFTER DELETE ON repository BEGIN"
    "  INSERT INTO search (search, rowid, name, description)"
    "  VALUES ('delete', old.id, old.name, old.description);"
    "END;"
    "CREATE TRIGGER repository_describe AFTER UPDATE OF description ON repository"
    "  WHEN old.description <> new.description BEGIN"
    "  INSERT INTO search (search, rowid, name, description)"
    "  VALUES ('delete', old.id, old.name, old.description);"
    "  INSERT INTO search (rowid, name, description)"
    "  VALUES (new.id, new.name, new.description);"
    "END;",

    "ALTER TABLE repository ADD COLUMN v1 INTEGER NOT NULL DEFAULT 1;"
    "ALTER TABLE repository ADD COLUMN v2 INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE repository ADD COLUMN stamp INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX repository_v2 ON repository (name) WHERE v2 = 1;"

    "CREATE TABLE tag ("
    "  repository INTEGER NOT NULL,"
    "  name TEXT NOT NULL,"
    "  generation INTEGER NOT NULL,"
    "  PRIMARY KEY (repository, name)) WITHOUT ROWID;"

    "CREATE TABLE referrer ("
    "  id INTEGER PRIMARY KEY,"
    "  repository INTEGER NOT NULL,"
    "  digest TEXT NOT NULL,"
    "  subject TEXT NOT NULL,"
    "  type TEXT NOT NULL,"
    "  artifact_type TEXT NOT NULL,"
    "  size INTEGER NOT NULL,"
    "  generation INTEGER NOT NULL,"
    "  annotations TEXT NOT NULL,"
    "  UNIQUE (repository, digest));"
    "CREATE INDEX referrer_subject ON referrer (repository, subject, digest);"

    "CREATE TRIGGER repository_empty AFTER DELETE ON repository BEGIN"
    "  DELETE FROM tag WHERE repository = old.id;"
    "  DELETE FROM referrer WHERE repository = old.id;"
    "END;"
    "UPDATE state SET whole = 0, cursor = NULL;",

    "ALTER TABLE repository ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;"
    "DROP INDEX repository_key;"
    "DROP INDEX repository_v2;"
    "CREATE INDEX repository_key ON repository (key, name) WHERE hidden = 0;"
    "CREATE INDEX repository_v2 ON repository (name) WHERE v2 = 1 AND hidden = 0;"
    "DROP TRIGGER repository_put;"
    "DROP TRIGGER repository_drop;"
    "DROP TRIGGER repository_describe;"
    "CREATE TRIGGER repository_put AFTER INSERT ON repository"
    "  WHEN new.hidden = 0 BEGIN"
    "  INSERT INTO search (rowid, name, description)"
    "  VALUES (new.id, new.name, new.description);"
    "END;"
    "CREATE TRIGGER repository_drop AFTER DELETE ON repository"
    "  WHEN old.hidden = 0 BEGIN"
    "  INSERT INTO search (search, rowid, name, description)"
    "  VALUES ('delete', old.id, old.name, old.description);"
    "END;"
    "CREATE TRIGGER repository_describe"
    "  AFTER UPDATE OF description, hidden ON repository"
    "  WHEN old.description <> new.description OR old.hidden <> new.hidden BEGIN"
    "  INSERT INTO search (search, rowid, name, description)"
    "  SELECT 'delete', old.id, old.name, old.description WHERE old.hidden = 0;"
    "  INSERT INTO search (rowid, name, description)"
    "  SELECT new.id, new.name, new.description WHERE new.hidden = 0;"
    "END;"
    "UPDATE repository SET stamp = 0;",

    "ALTER TABLE state ADD COLUMN writes INTEGER NOT NULL DEFAULT 0;",

    "ALTER TABLE repository ADD COLUMN version TEXT NOT NULL DEFAULT '';",

    "ALTER TABLE repository ADD COLUMN in_catalog INTEGER NOT NULL DEFAULT 0;"
    "UPDATE repository SET in_catalog = (v2 = 1 AND hidden = 0), version = '';"
    "CREATE INDEX repository_catalog ON repository (name) WHERE in_catalog = 1;"
    "CREATE TRIGGER repository_put_5 AFTER INSERT ON repository"
    "  WHEN new.v2 = 1 BEGIN"
    "  UPDATE repository SET in_catalog = (new.hidden = 0) WHERE id = new.id;"
    "END;"
    "CREATE TRIGGER repository_change_5 AFTER UPDATE OF v2 ON repository BEGIN"
    "  UPDATE repository SET in_catalog = (new.v2 = 1 AND new.hidden = 0)"
    "  WHERE id = new.id;"
    "END;"

    "ALTER TABLE tag ADD COLUMN image TEXT NOT NULL DEFAULT '';"

    "CREATE TABLE counterpart ("
    "  repository INTEGER NOT NULL,"
    "  key TEXT NOT NULL,"
    "  origin TEXT NOT NULL,"
    "  generation INTEGER NOT NULL,"
    "  PRIMARY KEY (repository, key, origin)) WITHOUT ROWID;"
    "CREATE INDEX counterpart_key ON counterpart (key);"

    "DROP TRIGGER repository_empty;"
    "CREATE TRIGGER repository_empty AFTER DELETE ON repository BEGIN"
    "  DELETE FROM tag WHERE repository = old.id;"
    "  DELETE FROM counterpart WHERE repository = old.id;"
    "  DELETE FROM referrer WHERE repository = old.id;"
    "END;",
};

/* What the file says that berth cannot use. */
static enum result
fail_unusable(struct db *db, const char *what, int64_t number, struct err *err)
{
	return err_set(err, RC_REBUILDING, "index %s: %s %lld", db_path(db), what,
	    (long long)number);
}

/* Is it an index of berth, and not marked as damaged? */
static enum result
recognise(struct db *db, int64_t *version, struct err *err)
{
	static const char id_sql[] = "PRAGMA application_id";
	static const char version_sql[] = "PRAGMA user_version";
	static const char damaged_sql[] = "SELECT damaged FROM state";
	int64_t id, damaged;
	enum result r;

	r = db_int(db, id_sql, &id, err);
	if (r == RC_OK && id != APPLICATION_ID)
		r = fail_unusable(db, "not of berth: application_id", id, err);
	if (r == RC_OK)
		r = db_int(db, version_sql, version, err);
	if (r == RC_OK)
		r = db_int(db, damaged_sql, &damaged, err);
	if (r == RC_OK && damaged != 0)
		r = fail_unusable(db, "was found damaged:", damaged, err);
	return r;
}

enum result
schema_open(const char *path, struct db **out, struct err *err)
{
	struct db *db;
	int64_t version;
	enum result r;

	r = db_open(path, false, &db, err);
	if (r == RC_OK)
		r = recognise(db, &version, err);
	if (r == RC_OK && version != SCHEMA_VERSION)
		r = fail_unusable(db, "is of version", version, err);
	/* The first statement opened the -wal, by its name. */
	if (r == RC_OK && !dbfile_same(path, db_file(db)))
		r = err_set(
		    err, RC_REBUILDING, "index %s: replaced just now", path);
	if (r != RC_OK) {
		db_close(db);
		db = NULL;
	}
	*out = db;
	return r;
}

void
schema_mark_damaged(struct db *db)
{
	static const char sql[] = "UPDATE state SET damaged = 1";
	sqlite3_stmt *stmt;
	struct err ignored;
	enum result r;

	if (db_begin(db, DB_CHANGE, &ignored) != RC_OK)
		return;
	r = db_start(db, sql, &stmt, &ignored);
	if (r == RC_OK)
		r = db_run(db, stmt, NULL, &ignored);
	(void)db_end(db, r, &ignored);
}

static enum result
write_version(struct db *db, int version, struct err *err)
{
	char sql[96];

	(void)snprintf(sql, sizeof(sql),
	    "PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION_ID,
	    version);
	return db_exec(db, sql, err);
}

/* What index_prepare() was asked to do. */
struct prepare {
	const char *path;
	const char *const *steps;
	int version; /* that the steps lead to */
	bool *rebuild;
};

/* All steps from the version that was found on, in one transaction. */
static enum result
migrate(struct db *db, const struct prepare *p, int64_t from, struct err *err)
{
	int64_t v;
	enum result r;

	r = db_begin(db, DB_CHANGE, err);
	if (r != RC_OK)
		return r;
	for (v = from; r == RC_OK && v < p->version; v++)
		r = db_exec(db, p->steps[v], err);
	if (r == RC_OK)
		r = write_version(db, p->version, err);
	return db_end(db, r, err);
}

/* Opens the file, or creates it, and migrates it. RC_REBUILDING: it has to be replaced. */
static enum result
open_and_migrate(const struct prepare *p, bool create, struct err *err)
{
	static const char whole_sql[] = "SELECT whole FROM state";
	int64_t found = 0, whole = 0;
	struct db *db;
	enum result r;

	r = db_open(p->path, create, &db, err);
	if (r == RC_OK && !create)
		r = recognise(db, &found, err);
	if (r == RC_OK && found > p->version)
		r = fail_unusable(db, "is of the newer version", found, err);
	if (r == RC_OK && found < p->version)
		r = migrate(db, p, found, err);
	if (r == RC_OK)
		r = db_int(db, whole_sql, &whole, err);
	db_close(db);
	*p->rebuild = whole == 0;
	return r;
}

enum result
schema_prepare(const char *path, const char *const *steps, int version,
    bool *rebuild, struct err *err)
{
	const struct prepare p = {path, steps, version, rebuild};
	struct dbfile file;
	enum result r;

	r = open_and_migrate(&p, false, err);
	if (r != RC_REBUILDING)
		return r;
	r = dbfile_remove(path, err);
	if (r == RC_OK)
		r = open_and_migrate(&p, true, err);
	if (r == RC_OK)
		r = dbfile_look(
		    path, &file, err); /* some file systems allow no -wal */
	if (r == RC_REBUILDING) /* it was just made: another try would not help */
		r = RC_IO;
	return r;
}

enum result
index_prepare(struct index *ix, bool *rebuild, struct err *err)
{
	return schema_prepare(ix->path, schema_steps, SCHEMA_VERSION, rebuild, err);
}
