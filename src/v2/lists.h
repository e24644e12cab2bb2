/* lists.h: what is there (distribution-spec, "Content discovery"). */
#ifndef V2_LISTS_H
#define V2_LISTS_H

#include <stddef.h>

#include "api/route.h"

/* Bytes of memory that a page of so many names takes. A page of up to 1000 takes no
 * seat. */
#define V2_LIST_MEMORY(most) ((most) <= 1000 ? (size_t)0 : (size_t)(most)*512)

handler_fn v2_get_catalog;
handler_fn v2_get_tags;

#endif
