/* manifests.h: manifests of a repository, by tag or digest. Private to this room. */
#ifndef V2_MANIFESTS_H
#define V2_MANIFESTS_H

#include "api/route.h"

handler_fn v2_get_manifest;
handler_fn v2_put_manifest;
handler_fn v2_delete_manifest;

#endif
