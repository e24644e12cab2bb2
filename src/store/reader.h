/* reader.h: a file of the store, read from its beginning to its end. */
#ifndef STORE_READER_H
#define STORE_READER_H

#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"

struct reader;

/* Closed with the arena. RC_ABSENT, RC_IO. */
enum result reader_open(const struct store *st, struct arena *a, const char *file,
    struct reader **out, struct err *err);

uint64_t reader_size(const struct reader *r); /* bytes */

/* Bytes written to p, 0 at the end, -1 when reading failed. Fits struct tar_source. */
ssize_t reader_read(void *r, void *p, size_t n);

/* The same from this place in the file on; the next reader_read() is not moved. */
ssize_t reader_read_at(const struct reader *r, void *p, size_t n, uint64_t at);

/* The next reader_read() begins at the beginning. */
void reader_rewind(struct reader *r);

#endif
