/* v1_image.h: images of API v1 as tests push them: json and layer are short texts. */
#ifndef LIB_V1_IMAGE_H
#define LIB_V1_IMAGE_H

#include "base/str.h"
#include "image/hash.h"

struct image {
	const char *id;
	const char *parent; /* NULL: a base */
	struct str json, layer;
	const char *ancestry;
	char sum[HASH_SHA256_HEX_SIZE];
};

/* Its id is the digit 64 times; parent may be NULL. */
struct image image_of(char digit, const struct image *parent, const char *layer);

/* The same image with another json and another layer. */
struct image image_with(struct image im, const char *json, const char *layer);

/* The name of a file of the image in the store. */
const char *image_file(const struct image *im, const char *file);

/* The name of a file of its unfinished push. */
const char *push_file(const struct image *im, const char *file);

#endif
