/* change.h: index_put() in a transaction of the caller's kind: a push needs its change durable at
 * once, a rebuild does not. Private to this room. */
#ifndef INDEXSQLITE_CHANGE_H
#define INDEXSQLITE_CHANGE_H

#include "index/index.h"
#include "indexsqlite/db.h"

enum result change_put(struct index *ix, const struct index_change *change,
    enum db_mode mode, struct err *err);

#endif
