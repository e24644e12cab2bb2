/* v1image.h: where the files of an image of API v1 are. Private to this room. */
#ifndef STOREFS_V1IMAGE_H
#define STOREFS_V1IMAGE_H

#include "store/v1image.h"

/* "images/<id>" and "images/<id>/<file>". */
const char *v1image_dir(const struct store_v1image *im);
const char *v1image_path(const struct store_v1image *im, const char *file);

/* P2 of v1push.c: the image is unfinished, durably, before it is anything. */
enum result v1image_begin(const struct store_v1image *im, struct err *err);

/* P6 and P7: its checksum, and then it is complete. */
enum result v1image_finish(
    const struct store_v1image *im, struct str checksum, struct err *err);

#endif
