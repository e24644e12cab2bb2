/* sums.c: the least that it can cost to find the digests of a layer: reads the file once and
 * hashes its bytes and, if it is gzip, what they decompress to.
 *
 *	sums FILE */
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <zlib.h>

#include "bench.h"

#define CHUNK       ((size_t)128 << 10) /* bytes */
#define GZIP_WINDOW (15 + 16)           /* for zlib: 32 KiB, the format of gzip */

static unsigned char in[CHUNK], out[CHUNK];

static EVP_MD_CTX *
begin(void)
{
	EVP_MD_CTX *sum = EVP_MD_CTX_new();

	if (sum == NULL || EVP_DigestInit_ex(sum, EVP_sha256(), NULL) != 1)
		bench_fail("no SHA-256");
	return sum;
}

static void
end(EVP_MD_CTX *sum)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned i, n;

	(void)EVP_DigestFinal_ex(sum, digest, &n);
	EVP_MD_CTX_free(sum);
	for (i = 0; i < n; i++)
		printf("%02x", digest[i]);
	printf("\n");
}

/* One stream of gzip, of which `in` holds the next n bytes. */
static void
add_inflated(EVP_MD_CTX *sum, z_stream *z, size_t n)
{
	int result;

	z->next_in = in;
	z->avail_in = (unsigned)n;
	do {
		z->next_out = out;
		z->avail_out = CHUNK;
		result = inflate(z, Z_NO_FLUSH);
		if (result != Z_OK && result != Z_STREAM_END &&
		    result != Z_BUF_ERROR)
			bench_fail("it is not gzip");
		(void)EVP_DigestUpdate(sum, out, CHUNK - z->avail_out);
	} while (z->avail_out == 0);
}

int
main(int argc, char **argv)
{
	z_stream z = {.next_in = NULL};
	EVP_MD_CTX *stored = begin(), *archive = begin();
	FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
	bool gzip = false, first = true;
	size_t n;

	if (file == NULL || inflateInit2(&z, GZIP_WINDOW) != Z_OK)
		bench_fail("usage: sums FILE");
	setvbuf(file, NULL, _IONBF, 0);
	for (; (n = fread(in, 1, CHUNK, file)) > 0; first = false) {
		gzip = first ? n > 1 && in[0] == 0x1f && in[1] == 0x8b : gzip;
		(void)EVP_DigestUpdate(stored, in, n);
		if (gzip)
			add_inflated(archive, &z, n);
	}
	if (ferror(file) != 0)
		bench_fail("%s cannot be read", argv[1]);
	(void)inflateEnd(&z);
	(void)fclose(file);
	end(stored);
	end(archive);
	return 0;
}
