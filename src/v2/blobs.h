/* blobs.h: blobs of a repository, by digest. Private to this room. */
#ifndef V2_BLOBS_H
#define V2_BLOBS_H

#include "api/route.h"

handler_fn v2_get_blob;
handler_fn v2_delete_blob;

#endif
