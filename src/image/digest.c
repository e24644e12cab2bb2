/* digest.c: see digest.h. */
#include "image/digest.h"

#include <string.h>

#include "base/hex.h"

static const struct {
	const char *name;
	size_t digits;
} kinds[] = {
    [HASH_SHA256] = {"sha256", 64},
    [HASH_SHA512] = {"sha512", 128},
};

bool
digest_kind(struct str name, enum hash_kind *out)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (str_is(name, kinds[i].name)) {
			*out = (enum hash_kind)i;
			return true;
		}
	return false;
}

enum result
digest_parse(struct str text, struct digest *out, struct err *err)
{
	struct str hex = text, name = str_cut(&hex, ':');

	memset(out, 0, sizeof(*out));
	if (!digest_kind(name, &out->kind) || !hex_is(hex, kinds[out->kind].digits))
		return err_set(err, RC_BAD_DIGEST,
		    "no digest of sha256 or sha512, in lower case");
	memcpy(out->hex, hex.p, hex.n);
	return RC_OK;
}

void
digest_of(enum hash_kind kind, struct str bytes, struct digest *out)
{
	struct hash h;

	hash_begin(&h, kind);
	hash_add(&h, bytes.p, bytes.n);
	digest_end(&h, out);
}

void
digest_end(struct hash *h, struct digest *out)
{
	memset(out, 0, sizeof(*out));
	out->kind = h->kind;
	hash_end(h, out->hex);
}

bool
digest_eq(const struct digest *a, const struct digest *b)
{
	return a->kind == b->kind && strcmp(a->hex, b->hex) == 0;
}

const char *
digest_algorithm(const struct digest *d)
{
	return kinds[d->kind].name;
}

const char *
digest_text(struct arena *a, const struct digest *d)
{
	return arena_printf(a, "%s:%s", kinds[d->kind].name, d->hex);
}
