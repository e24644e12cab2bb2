/* blob.h: the store's side of store/blob.h. Private to this room. */
#ifndef STOREFS_BLOB_H
#define STOREFS_BLOB_H

#include "store/blob.h"

/* Gives their names back to blobs whose removal was interrupted. Only at the start: nothing may
 * be removing blobs meanwhile. One that fails is logged, and is tried again at the next start.
 * RC_IO: the directory cannot be read. */
enum result blob_put_back(const struct store *st, struct err *err);

#endif
