/* lists.h: the catalog and the tags of a repository (distribution-spec, "Content
 * discovery"). Private to this room. */
#ifndef V2_LISTS_H
#define V2_LISTS_H

#include <stddef.h>

#include "api/route.h"

/* The memory in bytes that a page of so many names takes. A page of up to 1000 names needs
 * no reservation. */
#define V2_LIST_MEMORY(limit) ((limit) <= 1000 ? (size_t)0 : (size_t)(limit)*512)

handler_fn v2_get_catalog;
handler_fn v2_get_tags;

#endif
