/* sha256.c: OpenSSL's EVP behind sha256.h. EVP fails only without memory or
 * without the algorithm; neither can be mended by a caller, so both end the
 * process. */
#include "image/sha256.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "base/hex.h"

struct sha256 {
	EVP_MD_CTX *ctx;
};

static void
must(int ok)
{
	if (ok != 1)
		abort();
}

static void
free_ctx(void *arg)
{
	EVP_MD_CTX_free(arg);
}

struct sha256 *
sha256_new(struct arena *a)
{
	struct sha256 *h = arena_alloc(a, sizeof(*h));

	h->ctx = EVP_MD_CTX_new();
	must(h->ctx != NULL);
	arena_defer(a, free_ctx, h->ctx);
	must(EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL));
	return h;
}

void
sha256_add(struct sha256 *h, const void *p, size_t n)
{
	must(EVP_DigestUpdate(h->ctx, p, n));
}

void
sha256_end(struct sha256 *h, char hex[SHA256_HEX_SIZE])
{
	unsigned char sum[EVP_MAX_MD_SIZE];

	must(EVP_DigestFinal_ex(h->ctx, sum, NULL));
	hex_encode(sum, 32, hex);
}

void
sha256_of(struct str s, char hex[SHA256_HEX_SIZE])
{
	unsigned char sum[EVP_MAX_MD_SIZE];

	must(EVP_Digest(s.p, s.n, sum, NULL, EVP_sha256(), NULL));
	hex_encode(sum, 32, hex);
}
