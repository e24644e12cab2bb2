/* upload.c: see upload.h. */
#include "upload.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#define MANIFEST_MAX 16384

void
digest_of(struct iovec bytes, char digest[DIGEST_SIZE])
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	size_t i, n = (size_t)snprintf(digest, DIGEST_SIZE, "sha256:");

	if (EVP_Digest(
		bytes.iov_base, bytes.iov_len, sum, NULL, EVP_sha256(), NULL) != 1)
		fail("no sha256");
	for (i = 0; i < 32; i++, n += 2)
		(void)snprintf(digest + n, DIGEST_SIZE - n, "%02x", sum[i]);
}

void
upload(
    struct http *h, const char *repository, struct iovec bytes, const char *digest)
{
	char path[2048];
	struct call call = {.method = "POST", .path = path, .how = BODY_LENGTH};

	(void)snprintf(path, sizeof(path), "/v2/%s/blobs/uploads/", repository);
	http_must(h, &call, 202);

	(void)snprintf(path, sizeof(path), "%s", h->location);
	call = (struct call){"PATCH", path, NULL, BODY_CHUNKED, bytes};
	http_must(h, &call, 202);

	(void)snprintf(path, sizeof(path), "%s%cdigest=%s", h->location,
	    strchr(h->location, '?') == NULL ? '?' : '&', digest);
	call = (struct call){.method = "PUT", .path = path, .how = BODY_LENGTH};
	http_must(h, &call, 201);

	(void)snprintf(path, sizeof(path), "/v2/%s/blobs/%s", repository, digest);
	call = (struct call){.method = "HEAD", .path = path};
	http_must(h, &call, 200);
}

static size_t
descriptor(char *to, size_t room, const char *type, const struct blob *blob)
{
	return (size_t)snprintf(to, room,
	    "{\"mediaType\": \"application/vnd.docker.%s\", \"size\": %zu, "
	    "\"digest\": \"%s\"}",
	    type, blob->size, blob->digest);
}

#define MANIFEST "application/vnd.docker.distribution.manifest.v2+json"

static size_t
manifest(
    char *to, const struct blob *config, const struct blob *layers, int n_layers)
{
	size_t n = (size_t)snprintf(to, MANIFEST_MAX,
	    "{\"schemaVersion\": 2, \"mediaType\": \"" MANIFEST "\", \"config\": ");
	int i;

	n += descriptor(
	    to + n, MANIFEST_MAX - n, "container.image.v1+json", config);
	n += (size_t)snprintf(to + n, MANIFEST_MAX - n, ", \"layers\": [");
	for (i = 0; i < n_layers; i++) {
		if (i > 0)
			to[n++] = ',';
		n += descriptor(to + n, MANIFEST_MAX - n,
		    "image.rootfs.diff.tar.gzip", &layers[i]);
	}
	return n + (size_t)snprintf(to + n, MANIFEST_MAX - n, "]}");
}

void
put_manifest(struct http *h, const char *repository, const char *tag,
    const struct blob *config, const struct blob *layers, int n)
{
	char path[1024], body[MANIFEST_MAX];
	struct call call = {"PUT", path, "Content-Type: " MANIFEST "\r\n",
	    BODY_LENGTH, {body, manifest(body, config, layers, n)}};

	(void)snprintf(path, sizeof(path), "/v2/%s/manifests/%s", repository, tag);
	http_must(h, &call, 201);
}

/* splitmix64 */
void
random_bytes(void *to, size_t n, uint64_t *state)
{
	char *p = to;
	uint64_t z;

	for (; n > 0; n -= sizeof(z) < n ? sizeof(z) : n, p += sizeof(z)) {
		z = *state += 0x9e3779b97f4a7c15;
		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
		z = (z ^ z >> 27) * 0x94d049bb133111eb;
		z ^= z >> 31;
		memcpy(p, &z, n < sizeof(z) ? n : sizeof(z));
	}
}
