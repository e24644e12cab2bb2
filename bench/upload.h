/* upload.h: an image is pushed to API v2 as docker does it: each blob by POST, PATCH in chunks,
 * PUT, and a HEAD to see that it is there; then the manifest. */
#ifndef BENCH_UPLOAD_H
#define BENCH_UPLOAD_H

#include "http.h"

#define UPLOAD_DIGEST_SIZE 72 /* "sha256:", 64 digits, NUL */

struct upload_blob {
	char digest[UPLOAD_DIGEST_SIZE];
	size_t size;
};

/* Uploads the bytes and returns what a manifest says of them. */
struct upload_blob upload_blob(
    struct http *h, const char *repository, struct iovec bytes);

/* The blob of these bytes, without an upload. */
struct upload_blob upload_describe(struct iovec bytes);

/* Uploads bytes that upload_describe() has described. */
void upload_bytes(struct http *h, const char *repository, struct iovec bytes,
    const struct upload_blob *blob);

struct upload_image {
	const struct upload_blob *config, *layers;
	int n_layers;
};

/* Puts the manifest; its blobs are there. */
void upload_manifest(struct http *h, const char *repository, const char *tag,
    const struct upload_image *image);

#endif
