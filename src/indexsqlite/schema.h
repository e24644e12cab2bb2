/* schema.h: the tables of the index and how they came to be.
 *
 * A step is the SQL that leads from one version to the next; version n is what the
 * first n steps made, and stands in the file as user_version. A step that was
 * released is never changed: a new one follows it. One that brings tables which the
 * walk must fill ends with "UPDATE state SET whole = 0". */
#ifndef INDEXSQLITE_SCHEMA_H
#define INDEXSQLITE_SCHEMA_H

#include <stdbool.h>

#include "base/err.h"
#include "indexsqlite/db.h"

#define SCHEMA_VERSION 5

extern const char *const schema_steps[SCHEMA_VERSION];

/* index_prepare() for any table of steps. A migration is one transaction: when it
 * fails (RC_FULL, RC_IO) the older version is still there. */
enum result schema_prepare(const char *path, const char *const *steps, int version,
    bool *rebuild, struct err *err);

/* A connection to an index that was prepared. RC_REBUILDING: missing, damaged, of
 * another version, or just being replaced. */
enum result schema_open(const char *path, struct db **out, struct err *err);

/* Writes down that the index is damaged, for index_prepare(), which looks at its
 * head alone. Where this does not succeed the head is damaged too. */
void schema_mark_damaged(struct db *db);

#endif
