/* change.h: index_put(), as durable as it needs to be. */
#ifndef INDEXSQLITE_CHANGE_H
#define INDEXSQLITE_CHANGE_H

#include "index/index.h"
#include "indexsqlite/db.h"

enum result change_put(struct index *ix, const struct index_change *change,
    enum db_mode mode, struct err *err);

#endif
