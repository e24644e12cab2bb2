/* content.h: bytes that the store holds: a blob, a layer, a list of files.
 *
 * A content is an address that only the store makes and understands. The rooms above pass
 * it on, from the call that found it to the reply; serve asks how it is sent to the client;
 * berth itself reads it through a reader. */
#ifndef STORE_CONTENT_H
#define STORE_CONTENT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"

/* Lives in the arena of the call that found it. */
struct content;

uint64_t store_content_size(const struct content *c); /* bytes */

/* Do both have the same bytes, as far as this is known without reading them: are they one
 * file? */
bool store_content_is_same(
    const struct store *st, const struct content *x, const struct content *y);

/* Where nginx finds it to send it: the URI below its internal location of the store, before
 * percent-encoding. For serve/fcgi.c alone. */
const char *store_content_uri(const struct content *c);

/* ---- reading it ---- */

struct store_reader;

/* A reader at the first byte. It lives in the arena, and what it reads stays readable when
 * the content is removed from the store. RC_NOT_FOUND, RC_IO. */
enum result store_content_open(const struct store *st, struct arena *a,
    const struct content *c, struct store_reader **out, struct err *err);

uint64_t store_reader_size(const struct store_reader *r); /* bytes */

/* Returns the number of bytes written to p, 0 at the end, -1 on failure. Its type fits
 * struct source; arg is the struct store_reader. */
ssize_t store_reader_read(void *arg, void *p, size_t n);

/* Reads at an offset; the next store_reader_read() goes on where it would have. */
ssize_t store_reader_read_at(
    const struct store_reader *r, void *p, size_t n, uint64_t at);

/* The next store_reader_read() begins at the first byte again. */
void store_reader_rewind(struct store_reader *r);

#endif
