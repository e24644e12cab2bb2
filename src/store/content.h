/* content.h: a file of the store, read from its beginning to its end. */
#ifndef STORE_CONTENT_H
#define STORE_CONTENT_H

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

/* Bytes written to p, 0 at the end, -1 when reading failed. Fits struct source. */
ssize_t reader_read(void *r, void *p, size_t n);

/* Reads at this offset of the file, without moving where the next reader_read()
 * begins. */
ssize_t reader_read_at(const struct reader *r, void *p, size_t n, uint64_t at);

/* The next reader_read() starts from the beginning of the file. */
void reader_rewind(struct reader *r);

#endif
