/* upload.c: see upload.h. */
#include "upload.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"

#define MANIFEST_MAX 16384

struct upload_blob
upload_describe(struct iovec bytes)
{
	struct upload_blob blob = {.size = bytes.iov_len};
	unsigned char sum[EVP_MAX_MD_SIZE];
	size_t i, n;

	n = (size_t)snprintf(blob.digest, sizeof(blob.digest), "sha256:");
	if (EVP_Digest(
		bytes.iov_base, bytes.iov_len, sum, NULL, EVP_sha256(), NULL) != 1)
		bench_fail("openssl cannot make a sha256");
	for (i = 0; i < 32; i++, n += 2)
		(void)snprintf(
		    blob.digest + n, sizeof(blob.digest) - n, "%02x", sum[i]);
	return blob;
}

void
upload_bytes(struct http *h, const char *repository, struct iovec bytes,
    const struct upload_blob *blob)
{
	char path[2048];
	struct http_request rq = {
	    .method = "POST", .path = path, .how = HTTP_BODY_LENGTH};

	(void)snprintf(path, sizeof(path), "/v2/%s/blobs/uploads/", repository);
	http_expect(h, &rq, 202);

	(void)snprintf(path, sizeof(path), "%s", h->location);
	rq = (struct http_request){"PATCH", path, NULL, HTTP_BODY_CHUNKED, bytes};
	http_expect(h, &rq, 202);

	(void)snprintf(path, sizeof(path), "%s%cdigest=%s", h->location,
	    strchr(h->location, '?') == NULL ? '?' : '&', blob->digest);
	rq = (struct http_request){
	    .method = "PUT", .path = path, .how = HTTP_BODY_LENGTH};
	http_expect(h, &rq, 201);

	(void)snprintf(
	    path, sizeof(path), "/v2/%s/blobs/%s", repository, blob->digest);
	rq = (struct http_request){.method = "HEAD", .path = path};
	http_expect(h, &rq, 200);
}

struct upload_blob
upload_blob(struct http *h, const char *repository, struct iovec bytes)
{
	struct upload_blob blob = upload_describe(bytes);

	upload_bytes(h, repository, bytes, &blob);
	return blob;
}

static size_t
descriptor(char *to, size_t room, const char *type, const struct upload_blob *blob)
{
	return (size_t)snprintf(to, room,
	    "{\"mediaType\": \"application/vnd.docker.%s\", \"size\": %zu, "
	    "\"digest\": \"%s\"}",
	    type, blob->size, blob->digest);
}

#define MANIFEST "application/vnd.docker.distribution.manifest.v2+json"

static size_t
manifest(char *to, const struct upload_image *image)
{
	size_t n = (size_t)snprintf(to, MANIFEST_MAX,
	    "{\"schemaVersion\": 2, \"mediaType\": \"" MANIFEST "\", \"config\": ");
	int i;

	n += descriptor(
	    to + n, MANIFEST_MAX - n, "container.image.v1+json", image->config);
	n += (size_t)snprintf(to + n, MANIFEST_MAX - n, ", \"layers\": [");
	for (i = 0; i < image->n_layers; i++) {
		if (i > 0)
			to[n++] = ',';
		n += descriptor(to + n, MANIFEST_MAX - n,
		    "image.rootfs.diff.tar.gzip", &image->layers[i]);
	}
	return n + (size_t)snprintf(to + n, MANIFEST_MAX - n, "]}");
}

void
upload_manifest(struct http *h, const char *repository, const char *tag,
    const struct upload_image *image)
{
	char path[1024], body[MANIFEST_MAX];
	struct http_request rq = {"PUT", path, "Content-Type: " MANIFEST "\r\n",
	    HTTP_BODY_LENGTH, {body, manifest(body, image)}};

	(void)snprintf(path, sizeof(path), "/v2/%s/manifests/%s", repository, tag);
	http_expect(h, &rq, 201);
}
