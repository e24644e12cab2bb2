/* images.h: images and their layers. */
#ifndef V1_IMAGES_H
#define V1_IMAGES_H

#include "http/route.h"

handler_fn v1_get_image_json;
handler_fn v1_put_image_json;
handler_fn v1_get_ancestry;
handler_fn v1_get_layer;
handler_fn v1_check_layer; /* before the body of v1_put_layer */
handler_fn v1_put_layer;
handler_fn v1_put_checksum;

#endif
