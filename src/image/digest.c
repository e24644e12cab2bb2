/* digest.c: see digest.h. */
#include "image/digest.h"

#include <string.h>

#include "base/hex.h"

#define DIGEST_FOREIGN_MAX 512 /* bytes of a digest of another algorithm */

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

static bool
is_one_of(const char *set, char c)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static bool
is_lower_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* algorithm ::= component (separator component)*, a component being [a-z0-9]+ and a
 * separator one of "+._-". */
static bool
is_algorithm(struct str name)
{
	bool separated = true;
	size_t i;

	for (i = 0; i < name.n; i++) {
		bool separates = is_one_of("+._-", name.p[i]);

		if (separates ? separated : !is_lower_or_digit(name.p[i]))
			return false;
		separated = separates;
	}
	return !separated;
}

/* encoded ::= [a-zA-Z0-9=_-]+ */
static bool
is_encoded(struct str text)
{
	size_t i;

	for (i = 0; i < text.n; i++)
		if (!is_lower_or_digit(text.p[i]) &&
		    !(text.p[i] >= 'A' && text.p[i] <= 'Z') &&
		    !is_one_of("=_-", text.p[i]))
			return false;
	return text.n > 0;
}

enum result
digest_parse(struct str text, struct digest *out, struct err *err)
{
	struct str hex = text, name = str_cut(&hex, ':');

	memset(out, 0, sizeof(*out));
	if (text.n < DIGEST_FOREIGN_MAX && !digest_kind(name, &out->kind) &&
	    is_algorithm(name) && is_encoded(hex))
		return err_set(err, RC_OTHER_DIGEST,
		    "the algorithm of a digest must be sha256 or sha512, not %.*s",
		    STR_ARG(name));
	if (!digest_kind(name, &out->kind) || !hex_is(hex, kinds[out->kind].digits))
		return err_set(err, RC_BAD_DIGEST,
		    "a digest must be sha256: and 64, or sha512: and 128 hexadecimal "
		    "digits in lower case");
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
