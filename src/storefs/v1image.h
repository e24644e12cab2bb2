/* v1image.h: where the files of an image of API v1 are. Private to this room. */
#ifndef STOREFS_V1IMAGE_H
#define STOREFS_V1IMAGE_H

#include "store/v1image.h"

/* "images/<id>" and "images/<id>/<file>". */
const char *v1image_dir(const struct store_v1image *im);
const char *v1image_path(const struct store_v1image *im, const char *file);

#endif
