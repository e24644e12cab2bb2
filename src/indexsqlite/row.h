/* row.h: the row of a repository, inside a transaction. Private to this room. */
#ifndef INDEXSQLITE_ROW_H
#define INDEXSQLITE_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "index/index.h"
#include "indexsqlite/db.h"

struct row {
	int64_t id; /* 0: there is none; not used again while the row is there */
	int64_t generation; /* of the index, when the row is there */
	bool same;          /* the row is as asked for, and of this generation */
};

enum result row_find(struct db *db, const struct index_repository *repository,
    struct row *row, struct err *err);

/* Makes the row say that, and finds it. */
enum result row_write(struct db *db, const struct index_repository *repository,
    struct row *row, struct err *err);

#endif
