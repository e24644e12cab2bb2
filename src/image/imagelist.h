/* imagelist.h: repositories/<ns>/<repo>/_index_images, the images that a push
 * announced: [{"id": "...", "checksum": "..."}, ...], the checksum where there is
 * one. Old servers wrote the first announcement down as it came, with ids twice and
 * "Tag"s. */
#ifndef IMAGE_IMAGELIST_H
#define IMAGE_IMAGELIST_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json_items.h"
#include "base/str.h"

#define IMAGELIST_BODY_MAX ((size_t)4 << 20)  /* bytes of an announcement */
#define IMAGELIST_MAX      ((size_t)16 << 20) /* bytes of the file */

/* Merges an announcement into what the file holds (empty: no file yet). One entry
 * an id, in the order of first mention; of two the newer if it has a checksum, else
 * the older. Of a damaged file the entries before the damage are kept.
 * RC_BAD_JSON; RC_BAD_DATA: not a list of objects with an image id each; RC_TOO_LARGE. */
enum result imagelist_merge(struct arena *a, struct str old, struct str announced,
    struct str *out, struct err *err);

/* Does the list contain the id, in an entry or as a plain string (as _images_list has
 * the ids that an index granted)? False also if it is not a list. Only items that
 * mention the id are parsed. */
bool imagelist_has(struct str list, const char *id);
bool imagelist_items_have(struct json_items *list, const char *id);

#endif
