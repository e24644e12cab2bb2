/* referrers.h: the manifests that refer to a manifest (distribution-spec, "Listing
 * referrers"). Private to this room. */
#ifndef V2_REFERRERS_H
#define V2_REFERRERS_H

#include "api/route.h"

handler_fn v2_get_referrers;

#endif
