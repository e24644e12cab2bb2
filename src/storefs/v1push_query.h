/* v1push_query.h: names of the files of a push, for all of v1push*.c. Private to v1push*.c. */
#ifndef STOREFS_V1PUSH_QUERY_H
#define STOREFS_V1PUSH_QUERY_H

#include "base/str.h"
#include "store/v1image.h"
#include "storefs/listing.h"

/* "_berth/push/<id>" and "_berth/push/<id>/<file>" */
const char *v1push_query_dir(const struct store_v1image *im);
const char *v1push_query_path(const struct store_v1image *im, const char *file);

/* The names that begin with the prefix, as many as a push can have. */
enum result v1push_query_names(const struct store_v1image *im, const char *prefix,
    struct listing *out, struct err *err);

/* What follows the first '-' and stands before the ending, if the name has one: of
 * "wait-<P>.layer" it is P. */
struct str v1push_query_checksum(const char *name, const char *ending);

/* How many pushes are not over. */
long long v1push_query_count(const struct store_v1image *im);

#endif
