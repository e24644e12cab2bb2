/* row.h: the row of a repository, inside a transaction. */
#ifndef INDEXSQLITE_ROW_H
#define INDEXSQLITE_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "index/index.h"
#include "indexsqlite/db.h"

struct row {
	int64_t id;         /* 0: it is not there; never another's while it is */
	int64_t generation; /* today's, of a row that is there */
	bool same;          /* it says what was asked for, and bears today's */
};

enum result row_find(struct db *db, const struct index_repository *repository,
    struct row *row, struct err *err);

/* Makes the row say that, and finds it. */
enum result row_write(struct db *db, const struct index_repository *repository,
    struct row *row, struct err *err);

#endif
