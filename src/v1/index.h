/* index.h: repositories as the index of API v1 announces them. */
#ifndef V1_INDEX_H
#define V1_INDEX_H

#include "api/route.h"

handler_fn v1_put_repository; /* a push begins */
handler_fn v1_put_images;     /* a push ends */
handler_fn v1_get_images;     /* a pull begins */
handler_fn v1_delete_images;  /* nothing happens, as ever */
handler_fn v1_put_auth;

#endif
