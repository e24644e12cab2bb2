/* upload.h: how docker brings a blob: POST, PATCH in chunks, PUT, and a look at it. */
#ifndef BENCH_UPLOAD_H
#define BENCH_UPLOAD_H

#include "http.h"

#define DIGEST_SIZE 72 /* "sha256:", 64 digits, NUL */

void digest_of(struct iovec bytes, char digest[DIGEST_SIZE]);
void upload(
    struct http *h, const char *repository, struct iovec bytes, const char *digest);

/* put_manifest(CLIENT, REPOSITORY, TAG, CONFIG, LAYERS, N): of blobs that are there. */
struct blob {
	char digest[DIGEST_SIZE];
	size_t size;
};
void put_manifest(struct http *h, const char *repository, const char *tag,
    const struct blob *config, const struct blob *layers, int n);

/* random_bytes(TO, N, STATE): a different stream for each state, which goes on. */
void random_bytes(void *to, size_t n, uint64_t *state);

#endif
