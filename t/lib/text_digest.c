/* text_digest.c: see text_digest.h. */
#include "lib/text_digest.h"

#include "lib/fixture.h"

struct digest
text_digest(enum hash_kind kind, const char *text)
{
	struct digest d;

	digest_of(kind, str_of(text), &d);
	return d;
}

struct digest
sha256(const char *text)
{
	return text_digest(HASH_SHA256, text);
}

const char *
sum_of(struct str bytes)
{
	struct digest d;

	digest_of(HASH_SHA256, bytes, &d);
	return digest_text(arena, &d);
}
