/* layer_read.c: a layer in any form: its sums are those of its bytes, and of the bytes that come
 * out of it. */
#include "layer/layer_read.h"

#include <string.h>

#include "lib/fuzz.h"

static ssize_t
read_rest(void *arg, void *p, size_t n)
{
	struct str *rest = arg;

	if (n > rest->n)
		n = rest->n;
	if (n > 0)
		memcpy(p, rest->p, n);
	*rest = str_make(rest->p + n, rest->n - n);
	return (ssize_t)n;
}

struct taken {
	struct hash hash;
	uint64_t n;
};

static bool
take(void *arg, const char *p, size_t n)
{
	struct taken *taken = arg;

	hash_add(&taken->hash, p, n);
	taken->n += n;
	return true;
}

static void
check(struct str input, const struct layer_sums *sums, struct taken *taken)
{
	struct digest digest, diff_id;

	digest_of(HASH_SHA256, input, &digest);
	digest_end(&taken->hash, &diff_id);
	CHECK(sums->size == input.n);
	CHECK(sums->unpacked == taken->n);
	CHECK(digest_eq(&sums->digest, &digest));
	CHECK(digest_eq(&sums->diff_id, &diff_id));
	CHECK(sums->form == layer_read_form(input));
	CHECK(sums->form != LAYER_PLAIN || digest_eq(&digest, &diff_id));
}

void
fuzz(struct arena *a, struct str input)
{
	struct str rest = input;
	const struct source source = {read_rest, &rest, input.n};
	struct taken taken = {.n = 0};
	const struct sink sink = {take, &taken};
	struct layer_sums sums;
	struct err err;
	enum result r;

	(void)a;
	hash_begin(&taken.hash, HASH_SHA256);
	r = layer_read(&source, &sink, &sums, &err);
	CHECK(r == RC_OK || r == RC_BAD_LAYER);
	if (r == RC_OK)
		check(input, &sums, &taken);
}
