/* v1checksum.c: see v1checksum.h. A malformed checksum is an error for the client, but an
 * unknown algorithm is not: no layer will match it. */
#include "image/v1checksum.h"

#include <string.h>

#include "base/hex.h"

static bool
is_tarsum(struct str algorithm)
{
	return str_is(algorithm, "tarsum+sha256") ||
	       str_is(algorithm, "tarsum.v1+sha256") ||
	       str_is(algorithm, "tarsum.dev+sha256");
}

struct v1checksum
v1checksum_parse(struct str text)
{
	struct v1checksum sum = {V1CHECKSUM_BAD, "", text};
	struct str value = text, algorithm = str_cut(&value, ':');

	if (text.n == 0)
		sum.kind = V1CHECKSUM_NONE;
	else if (value.n == 0 || algorithm.n == 0 || str_has(value, ':'))
		sum.kind = V1CHECKSUM_BAD;
	else if (str_is(algorithm, "sha256") &&
		 hex_is(value, HASH_SHA256_HEX_SIZE - 1))
		sum.kind = V1CHECKSUM_SIMPLE;
	else if (is_tarsum(algorithm) && hex_is(value, HASH_SHA256_HEX_SIZE - 1))
		sum.kind = V1CHECKSUM_TARSUM;
	else
		sum.kind = V1CHECKSUM_OTHER;
	if (sum.kind == V1CHECKSUM_SIMPLE)
		memcpy(sum.hex, value.p, HASH_SHA256_HEX_SIZE - 1);
	return sum;
}

struct str
v1checksum_wanted(const struct v1checksum *sum)
{
	return sum->kind == V1CHECKSUM_TARSUM ? sum->text : str_of(sum->hex);
}

void
v1checksum_begin(struct hash *h, struct str json)
{
	hash_begin(h, HASH_SHA256);
	hash_add(h, json.p, json.n);
	hash_add(h, "\n", 1);
}

bool
v1checksum_is_of_empty_layer(struct v1checksum sum, struct str json)
{
	char hex[HASH_SHA256_HEX_SIZE];
	struct hash h;

	v1checksum_begin(&h, json);
	hash_end(&h, hex);
	return sum.kind == V1CHECKSUM_SIMPLE && strcmp(sum.hex, hex) == 0;
}
