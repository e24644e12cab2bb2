/* db.h: a connection to the index, and sqlite's results as an enum result. Private to this
 * room.
 *
 * A connection is used by one thread at a time. Closing it never removes the -wal:
 * at that moment the path may already name the -wal of another database.
 *
 * Each SQL text is a static array in the function that runs it. The address of the array is the
 * key under which the compiled statement is kept, so a connection compiles each text once. */
#ifndef INDEXSQLITE_DB_H
#define INDEXSQLITE_DB_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "indexsqlite/dbfile.h"

/* What a transaction is for. DB_CHANGE: one at a time, and what it committed
 * survives power loss. DB_CHANGE_LAZY: the latest of them may be lost, from the
 * last one backwards, never one before another. */
enum db_mode { DB_READ, DB_CHANGE, DB_CHANGE_LAZY };

struct db;

/* With create the file is made where it is missing, and kept in WAL mode. */
enum result db_open(
    const char *path, bool create, struct db **out, struct err *err);
void db_close(struct db *db); /* NULL is fine */

const char *db_path(const struct db *db);

/* The files that db_open() found; nothing for one with create. */
const struct dbfile *db_file(const struct db *db);

/* What the connection last saw of the writes of other programs. For pool.c alone. */
struct db_seen {
	bool any;
	int64_t writes, version;
};
struct db_seen *db_seen(struct db *db);

/* Did a call meet bytes that make no sense, or tables that are missing? */
bool db_is_damaged(const struct db *db);

/* Runs statements that return no rows, and does not keep them compiled. */
enum result db_exec(struct db *db, const char *sql, struct err *err);

/* db_end() commits if r is RC_OK, otherwise it rolls back; it returns r, or the result of the
 * commit. All statements are reset. */
enum result db_begin(struct db *db, enum db_mode mode, struct err *err);
enum result db_end(struct db *db, enum result r, struct err *err);

/* The statement, ready to be bound and stepped; it belongs to db. What is bound
 * must live until the last step, and a value has less than sqlite's limit of 1 GB.
 */
enum result db_start(
    struct db *db, const char *sql, sqlite3_stmt **out, struct err *err);
void db_bind(sqlite3_stmt *stmt, const char *parameter, struct str value);
void db_bind_int(sqlite3_stmt *stmt, const char *parameter, int64_t value);

/* On to the next row; *row is false when there is none. */
enum result db_step(struct db *db, sqlite3_stmt *stmt, bool *row, struct err *err);

/* Text of a column, until the next step. */
struct str db_text(sqlite3_stmt *stmt, int column);

/* Steps to the end, for a statement without rows; *changed (may be NULL) is the
 * number of rows it wrote. */
enum result db_run(
    struct db *db, sqlite3_stmt *stmt, int64_t *changed, struct err *err);

/* The one number that sql (without parameters) selects. If there is no row, the index is
 * damaged: all such statements select one. */
enum result db_int(struct db *db, const char *sql, int64_t *out, struct err *err);

#endif
