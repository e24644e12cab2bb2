/* repository.h: what the rebuild needs of repository.c. */
#ifndef INDEX_REPOSITORY_H
#define INDEX_REPOSITORY_H

#include "index/db.h"
#include "index/index.h"

/* index_put_repository(), as durable as mode says. */
enum result repository_put(struct index *ix, struct str name,
    struct str description, enum db_mode mode, struct err *err);

#endif
