/* push.h: an image is pushed in three requests: its json, its layer, its checksum. Private to
 * this room. */
#ifndef V1_PUSH_H
#define V1_PUSH_H

#include "api/route.h"

handler_fn v1_put_image_json;
handler_fn v1_check_layer; /* before the body of v1_put_layer */
handler_fn v1_put_layer;
handler_fn v1_put_checksum;

#endif
