/* content.h: the store's side of store/content.h: a content is a regular file. Private to
 * this room. */
#ifndef STOREFS_CONTENT_H
#define STOREFS_CONTENT_H

#include "store/content.h"

/* `path`, below the store's directory and without symbolic links (io_find_file()), lives as
 * long as the arena. */
const struct content *content_make(
    struct arena *a, const char *path, uint64_t size);

/* The path of the file. */
const char *content_path(const struct content *c);

/* A reader of the file at `path`, as store_content_open() gives one. */
enum result content_open_file(const struct store *st, struct arena *a,
    const char *path, struct store_reader **out, struct err *err);

#endif
