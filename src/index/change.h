/* change.h: index_put(), as durable as it needs to be. */
#ifndef INDEX_CHANGE_H
#define INDEX_CHANGE_H

#include "index/db.h"
#include "index/index.h"

enum result change_put(struct index *ix, const struct index_change *change,
    enum db_mode mode, struct err *err);

#endif
