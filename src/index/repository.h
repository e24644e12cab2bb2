/* repository.h: the row of a repository, inside a transaction. */
#ifndef INDEX_REPOSITORY_H
#define INDEX_REPOSITORY_H

#include <stdbool.h>
#include <stdint.h>

#include "index/db.h"
#include "index/index.h"

struct repository_row {
	int64_t id;         /* 0: it is not there; never another's while it is */
	int64_t generation; /* today's, of a row that is there */
	bool same;          /* it says what was asked for, and bears today's */
};

enum result repository_find(struct db *db,
    const struct index_repository *repository, struct repository_row *row,
    struct err *err);

/* Makes the row say that, and finds it. */
enum result repository_write(struct db *db,
    const struct index_repository *repository, struct repository_row *row,
    struct err *err);

#endif
