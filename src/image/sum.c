/* sum.c: see sum.h. */
#include "image/sum.h"

#include <string.h>

#include "base/hex.h"

static bool
is_tarsum(struct str algorithm)
{
	return str_is(algorithm, "tarsum+sha256") ||
	       str_is(algorithm, "tarsum.v1+sha256") ||
	       str_is(algorithm, "tarsum.dev+sha256");
}

struct sum
sum_parse(struct str text)
{
	struct sum sum = {SUM_BAD, "", text};
	struct str value = text, algorithm = str_cut(&value, ':');

	if (text.n == 0)
		sum.kind = SUM_NONE;
	else if (value.n == 0 || algorithm.n == 0 || str_has(value, ':'))
		sum.kind = SUM_BAD;
	else if (str_is(algorithm, "sha256") && hex_is(value, SHA256_HEX_SIZE - 1))
		sum.kind = SUM_SIMPLE;
	else if (is_tarsum(algorithm) && hex_is(value, SHA256_HEX_SIZE - 1))
		sum.kind = SUM_TARSUM;
	else
		sum.kind = SUM_OTHER;
	if (sum.kind == SUM_SIMPLE)
		memcpy(sum.hex, value.p, SHA256_HEX_SIZE - 1);
	return sum;
}

struct str
sum_wanted(const struct sum *sum)
{
	return sum->kind == SUM_TARSUM ? sum->text : str_of(sum->hex);
}

void
sum_begin(struct hash *h, struct str json)
{
	hash_begin(h, HASH_SHA256);
	hash_add(h, json.p, json.n);
	hash_add(h, "\n", 1);
}

bool
sum_is_of_nothing(struct sum sum, struct str json)
{
	char hex[SHA256_HEX_SIZE];
	struct hash h;

	sum_begin(&h, json);
	hash_end(&h, hex);
	return sum.kind == SUM_SIMPLE && strcmp(sum.hex, hex) == 0;
}
