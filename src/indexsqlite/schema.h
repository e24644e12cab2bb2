/* schema.h: the tables of the index, and the steps that made them. Private to this room.
 *
 * A step is the SQL that leads from one version to the next. The first n steps make version n,
 * and the file has that number as its user_version. A step that was released is never
 * changed: a new one follows it. A step with new tables that the walk must fill ends with
 * "UPDATE state SET whole = 0". */
#ifndef INDEXSQLITE_SCHEMA_H
#define INDEXSQLITE_SCHEMA_H

#include <stdbool.h>

#include "base/err.h"
#include "indexsqlite/db.h"

#define SCHEMA_VERSION 6

extern const char *const schema_steps[SCHEMA_VERSION];

/* index_prepare() for any table of steps. A migration is one transaction: when it
 * fails (RC_FULL, RC_IO) the older version is still there. */
enum result schema_prepare(const char *path, const char *const *steps, int version,
    bool *rebuild, struct err *err);

/* A connection to an index that was prepared. RC_REBUILDING: missing, damaged, of
 * another version, or just being replaced. */
enum result schema_open(const char *path, struct db **out, struct err *err);

/* Writes into the file that it is damaged, for index_prepare(), which reads only the head of
 * the file. If this fails, the head is damaged too. */
void schema_mark_damaged(struct db *db);

#endif
