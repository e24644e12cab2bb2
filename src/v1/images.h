/* images.h: images for pulls: their json, their layers, and the files in those. Private to
 * this room.
 *
 * images/<id> answers about public images, private_images/<id> about those of the private
 * repository that the caller's token names (images/access.h). */
#ifndef V1_IMAGES_H
#define V1_IMAGES_H

#include "api/route.h"

handler_fn v1_get_image_json;
handler_fn v1_get_ancestry;
handler_fn v1_get_layer;
handler_fn v1_get_files;
handler_fn v1_get_diff;

handler_fn v1_get_private_json;
handler_fn v1_get_private_layer;
handler_fn v1_get_private_files;

#endif
