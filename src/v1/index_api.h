/* index_api.h: the calls of docker's index about a repository. A push begins and ends with
 * them, a pull begins with one: docker gets the token and the endpoints with which it then
 * calls the registry. Private to this room. */
#ifndef V1_INDEX_API_H
#define V1_INDEX_API_H

#include "api/route.h"

handler_fn v1_put_repository; /* a push begins */
handler_fn v1_put_images;     /* a push ends */
handler_fn v1_get_images;     /* a pull begins */
handler_fn v1_delete_images; /* gives a token for deleting, and does nothing else */
handler_fn v1_put_auth;

#endif
