/* imagelist.h: repositories/<ns>/<repo>/_index_images, the images that a push announced:
 * [{"id": "...", "checksum": "..."}, ...]; "checksum" is optional. Old servers stored the
 * first announcement as the client sent it, with repeated ids and with a member "Tag". */
#ifndef IMAGE_IMAGELIST_H
#define IMAGE_IMAGELIST_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json_items.h"
#include "base/str.h"

#define IMAGELIST_BODY_MAX ((size_t)4 << 20)  /* bytes of an announcement */
#define IMAGELIST_MAX      ((size_t)16 << 20) /* bytes of the file */
#define IMAGELIST_ENTRY_MIN \
	25 /* bytes of {"id":"0123456789abcdef"}, the shortest */

/* Merges an announcement into the list of the file (empty: no file yet). *out has one entry
 * for each id, in the order in which the ids first appear. A checksum of the announcement
 * replaces an older one. If the file is damaged, its entries before the damage are kept.
 * RC_BAD_JSON: the announcement is not JSON. RC_BAD_DATA: it is not a list of objects with an
 * image id each. RC_TOO_LARGE: *out would be longer than IMAGELIST_MAX. */
enum result imagelist_merge(struct arena *a, struct str old, struct str announced,
    struct str *out, struct err *err);

/* Does the list contain the id, in an entry or as a plain string? (_images_list is a list of
 * strings: the ids that an index granted.) False also if it is not a list. Only items in
 * which the id appears are parsed. */
bool imagelist_has(struct str list, const char *id);
bool imagelist_items_have(struct json_items *list, const char *id);

#endif
