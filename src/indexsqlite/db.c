/* db.c: see db.h. */
#include "indexsqlite/db.h"

#include <errno.h>

#include "base/arena.h"

#define STATEMENTS 96    /* more than the room has */
#define BUSY_MS    10000 /* how long a change waits for others */

/* Small, for each thread of each worker may have a connection: the system's page
 * cache holds the rest. cell_size_check finds damage before it is believed. */
static const char settings[] = "PRAGMA cache_size = -512;"
			       "PRAGMA cell_size_check = ON;"
			       "PRAGMA journal_size_limit = 8388608;"
			       "PRAGMA synchronous = FULL;";

struct db {
	struct arena *arena;
	sqlite3 *handle;
	const char *path;
	struct dbfile file;
	struct db_seen seen;
	bool lazy, damaged;
	size_t kept;
	struct {
		const char *sql;
		sqlite3_stmt *stmt;
	} statement[STATEMENTS];
};

/* SQLITE_ERROR: the schema is not the one for which the statements were written.
 * SQLITE_CONSTRAINT: the rows break the schema. A short read is a file that was cut, ENOENT one
 * that was just removed. */
static enum result
result_of(int code, int os)
{
	if (code == SQLITE_IOERR_SHORT_READ)
		return RC_REBUILDING;
	switch (code & 0xff) {
	case SQLITE_FULL:
		return RC_FULL;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_ERROR:
	case SQLITE_CONSTRAINT:
		return RC_REBUILDING;
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		if (os == ENOENT)
			return RC_REBUILDING;
		return os == ENOSPC || os == EDQUOT ? RC_FULL : RC_IO;
	default:
		return RC_IO;
	}
}

/* errno is that of the system call: sqlite3_system_errno() does not cover all calls. */
static enum result
sqlite_failed(struct db *db, struct err *err)
{
	int os = errno, code = sqlite3_extended_errcode(db->handle);
	const char *text = sqlite3_errmsg(db->handle);
	enum result r = result_of(code, os);

	if (r == RC_REBUILDING)
		db->damaged = true;
	errno = os;
	if ((code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN)
		return err_set(
		    err, r, "index %s: %s (%d): %m", db->path, text, code);
	return err_set(err, r, "index %s: %s", db->path, text);
}

static enum result
connect_to(struct db *db, bool create, struct err *err)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;

	if (create)
		flags |= SQLITE_OPEN_CREATE;
	if (sqlite3_open_v2(db->path, &db->handle, flags, NULL) != SQLITE_OK)
		return sqlite_failed(db, err);
	(void)sqlite3_extended_result_codes(db->handle, 1);
	(void)sqlite3_busy_timeout(db->handle, BUSY_MS);
	(void)sqlite3_db_config(
	    db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	return db_exec(db, settings, err);
}

enum result
db_open(const char *path, bool create, struct db **out, struct err *err)
{
	struct arena *a = arena_new();
	struct db *db = arena_alloc(a, sizeof(*db));
	enum result r = RC_OK;

	db->arena = a;
	db->path = arena_strdup(a, path);
	if (!create)
		r = dbfile_look(path, &db->file, err);
	if (r == RC_OK)
		r = connect_to(db, create, err);
	if (r == RC_OK && create)
		r = db_exec(db, "PRAGMA journal_mode = WAL", err);
	if (r != RC_OK) {
		db_close(db);
		db = NULL;
	}
	*out = db;
	return r;
}

void
db_close(struct db *db)
{
	size_t i;

	if (db == NULL)
		return;
	for (i = 0; i < db->kept; i++)
		(void)sqlite3_finalize(db->statement[i].stmt);
	(void)sqlite3_close(db->handle);
	arena_free(db->arena);
}

const char *
db_path(const struct db *db)
{
	return db->path;
}

const struct dbfile *
db_file(const struct db *db)
{
	return &db->file;
}

struct db_seen *
db_seen(struct db *db)
{
	return &db->seen;
}

bool
db_is_damaged(const struct db *db)
{
	return db->damaged;
}

enum result
db_exec(struct db *db, const char *sql, struct err *err)
{
	if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
		return sqlite_failed(db, err);
	return RC_OK;
}

static enum result
run_simple(struct db *db, const char *sql, struct err *err)
{
	sqlite3_stmt *stmt;
	enum result r = db_start(db, sql, &stmt, err);

	if (r == RC_OK)
		r = db_run(db, stmt, NULL, err);
	return r;
}

/* Only a rebuild is lazy, for many transactions in a row: so the setting is changed only when the
 * next transaction needs another one. */
static enum result
set_lazy(struct db *db, bool lazy, struct err *err)
{
	enum result r;

	if (db->lazy == lazy)
		return RC_OK;
	r = db_exec(db,
	    lazy ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL",
	    err);
	if (r == RC_OK)
		db->lazy = lazy;
	return r;
}

enum result
db_begin(struct db *db, enum db_mode mode, struct err *err)
{
	static const char read[] = "BEGIN", change[] = "BEGIN IMMEDIATE";
	enum result r;

	if (mode == DB_READ)
		return run_simple(db, read, err);
	r = set_lazy(db, mode == DB_CHANGE_LAZY, err);
	if (r == RC_OK)
		r = run_simple(db, change, err);
	return r;
}

enum result
db_end(struct db *db, enum result r, struct err *err)
{
	static const char commit[] = "COMMIT", rollback[] = "ROLLBACK";
	struct err ignored;
	size_t i;

	for (i = 0; i < db->kept; i++) {
		(void)sqlite3_reset(db->statement[i].stmt);
		(void)sqlite3_clear_bindings(db->statement[i].stmt);
	}
	if (r == RC_OK)
		r = run_simple(db, commit, err);
	if (sqlite3_get_autocommit(db->handle) == 0)
		(void)run_simple(db, rollback, &ignored);
	return r;
}

enum result
db_start(struct db *db, const char *sql, sqlite3_stmt **out, struct err *err)
{
	size_t i;

	for (i = 0; i < db->kept && db->statement[i].sql != sql; i++)
		;
	if (i == STATEMENTS)
		return err_set(
		    err, RC_IO, "index: more than %d statements", STATEMENTS);
	if (i == db->kept) {
		if (sqlite3_prepare_v3(db->handle, sql, -1,
			SQLITE_PREPARE_PERSISTENT, &db->statement[i].stmt,
			NULL) != SQLITE_OK)
			return sqlite_failed(db, err);
		db->statement[i].sql = sql;
		db->kept++;
	}
	*out = db->statement[i].stmt;
	(void)sqlite3_reset(*out);
	return RC_OK;
}

void
db_bind(sqlite3_stmt *stmt, const char *parameter, struct str value)
{
	int i = sqlite3_bind_parameter_index(stmt, parameter);

	(void)sqlite3_bind_text64(stmt, i, value.n == 0 ? "" : value.p, value.n,
	    SQLITE_STATIC, SQLITE_UTF8);
}

void
db_bind_int(sqlite3_stmt *stmt, const char *parameter, int64_t value)
{
	(void)sqlite3_bind_int64(
	    stmt, sqlite3_bind_parameter_index(stmt, parameter), value);
}

enum result
db_step(struct db *db, sqlite3_stmt *stmt, bool *row, struct err *err)
{
	int code = sqlite3_step(stmt);

	*row = code == SQLITE_ROW;
	return code == SQLITE_ROW || code == SQLITE_DONE ? RC_OK
							 : sqlite_failed(db, err);
}

struct str
db_text(sqlite3_stmt *stmt, int column)
{
	const void *p = sqlite3_column_text(stmt, column);

	return str_make(
	    p == NULL ? "" : p, (size_t)sqlite3_column_bytes(stmt, column));
}

enum result
db_run(struct db *db, sqlite3_stmt *stmt, int64_t *changed, struct err *err)
{
	enum result r;
	bool row;

	do
		r = db_step(db, stmt, &row, err);
	while (r == RC_OK && row);
	(void)sqlite3_reset(stmt);
	if (changed != NULL)
		*changed = sqlite3_changes(db->handle);
	return r;
}

enum result
db_int(struct db *db, const char *sql, int64_t *out, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	enum result r = db_start(db, sql, &stmt, err);
	bool row = false;

	if (r == RC_OK)
		r = db_step(db, stmt, &row, err);
	if (r == RC_OK && !row) {
		db->damaged = true;
		r = err_set(err, RC_REBUILDING, "index %s: no row answers %s",
		    db->path, sql);
	}
	if (row)
		*out = sqlite3_column_int64(stmt, 0);
	(void)sqlite3_reset(stmt);
	return r;
}
