/* canonical_config.h: how a container of the image is started, as the config of Docker's
 * schema 2 has it in its member "config". Private to canonical.c and canonical_*.c. */
#ifndef IMAGE_CANONICAL_CONFIG_H
#define IMAGE_CANONICAL_CONFIG_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/* Writes an object made of the member "config" of the json of an image of API v1, a slice of
 * JSON that was checked. Only what containers are started with is kept; null, empty values
 * and values of a wrong type are left away. RC_BAD_DATA: an object or a list in it has more
 * than JSON_SORTED_MAX elements. */
enum result canonical_config_write(
    struct arena *a, struct buf *b, struct str config, struct err *err);

/* The text of a string, or what a list of strings is with a blank between each two. Empty: it
 * is neither. */
struct str canonical_config_command(struct arena *a, struct str v);

#endif
