/* content.h: a file of the store, read from its beginning to its end. */
#ifndef STORE_CONTENT_H
#define STORE_CONTENT_H

#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"

struct store_reader;

/* Closed with the arena. RC_NOT_FOUND, RC_IO. */
enum result store_content_open(const struct store *st, struct arena *a,
    const char *file, struct store_reader **out, struct err *err);

uint64_t store_reader_size(const struct store_reader *r); /* bytes */

/* Bytes written to p, 0 at the end, -1 when reading failed. Fits struct source. */
ssize_t store_reader_read(void *r, void *p, size_t n);

/* Reads at this offset of the file, without moving where the next store_reader_read()
 * begins. */
ssize_t store_reader_read_at(
    const struct store_reader *r, void *p, size_t n, uint64_t at);

/* The next store_reader_read() starts from the beginning of the file. */
void store_reader_rewind(struct store_reader *r);

#endif
