/* lists.h: what is there (distribution-spec, "Content discovery"). */
#ifndef V2_LISTS_H
#define V2_LISTS_H

#include "http/route.h"

handler_fn v2_get_catalog;
handler_fn v2_get_tags;

#endif
