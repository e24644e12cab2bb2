/* hash.c: see hash.h.
 *
 * OpenSSL's EVP_MD_CTX cannot be saved and restored, and an upload must continue in another
 * process. Therefore the older SHA256_CTX and SHA512_CTX are used: they are plain data and
 * as fast. OpenSSL marks them as deprecated, hence the macro below. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "image/hash.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"

#define MAGIC_SIZE 4

static const struct form {
	char magic[MAGIC_SIZE + 1];
	size_t word, block, sum; /* sizes in bytes */
} forms[] = {
    [HASH_SHA256] = {"sha\x03", 4, SHA256_CBLOCK, SHA256_DIGEST_LENGTH},
    [HASH_SHA512] = {"sha\x07", 8, SHA512_CBLOCK, SHA512_DIGEST_LENGTH},
};

#define SAVED_MAX (MAGIC_SIZE + 8 * 8 + SHA512_CBLOCK + 8)

_Static_assert(sizeof(SHA256_CTX) <= sizeof(((struct hash *)NULL)->state), "state");
_Static_assert(sizeof(SHA512_CTX) <= sizeof(((struct hash *)NULL)->state), "state");

static SHA256_CTX *
sha256(struct hash *h)
{
	return (SHA256_CTX *)(void *)h->state;
}

static SHA512_CTX *
sha512(struct hash *h)
{
	return (SHA512_CTX *)(void *)h->state;
}

void
hash_begin(struct hash *h, enum hash_kind kind)
{
	h->kind = kind;
	if (kind == HASH_SHA256)
		(void)SHA256_Init(sha256(h));
	else
		(void)SHA512_Init(sha512(h));
}

void
hash_add(struct hash *h, const void *p, size_t n)
{
	if (h->kind == HASH_SHA256)
		(void)SHA256_Update(sha256(h), p, n);
	else
		(void)SHA512_Update(sha512(h), p, n);
}

void
hash_end(struct hash *h, char *hex)
{
	unsigned char sum[SHA512_DIGEST_LENGTH];

	if (h->kind == HASH_SHA256)
		(void)SHA256_Final(sum, sha256(h));
	else
		(void)SHA512_Final(sum, sha512(h));
	hex_encode(sum, forms[h->kind].sum, hex);
}

void
hash_of(enum hash_kind kind, struct str s, char *hex)
{
	struct hash h;

	hash_begin(&h, kind);
	hash_add(&h, s.p, s.n);
	hash_end(&h, hex);
}

void
hash_sha384(struct str s, char *hex)
{
	unsigned char sum[SHA384_DIGEST_LENGTH];

	(void)SHA384((const unsigned char *)s.p, s.n, sum);
	hex_encode(sum, sizeof(sum), hex);
}

/* ---- the saved form; all numbers are big-endian ---- */

static unsigned char *
put_number(unsigned char *p, uint64_t v, size_t size)
{
	size_t i;

	for (i = size; i > 0; i--, v >>= 8)
		p[i - 1] = (unsigned char)v;
	return p + size;
}

static uint64_t
get_number(const unsigned char **p, size_t size)
{
	uint64_t v = 0;

	for (; size > 0; size--)
		v = v << 8 | *(*p)++;
	return v;
}

static size_t
saved_size(const struct form *form)
{
	return MAGIC_SIZE + 8 * form->word + form->block + 8;
}

/* What is saved of a hash. The length in bits must fit into 64 bits, so fewer than 2^61
 * bytes can be hashed. */
struct parts {
	uint64_t word[8];
	unsigned char open[SHA512_CBLOCK]; /* the block that is not yet full */
	uint64_t bytes;
};

/* The state is copied to a context of the right type first: reading it through a cast
 * pointer would break C's aliasing rules. */
static void
take_apart(const struct hash *h, struct parts *out)
{
	size_t i;

	if (h->kind == HASH_SHA256) {
		SHA256_CTX c;

		memcpy(&c, h->state, sizeof(c));
		for (i = 0; i < 8; i++)
			out->word[i] = c.h[i];
		out->bytes = ((uint64_t)c.Nh << 32 | c.Nl) / 8;
		memcpy(out->open, c.data, (size_t)(out->bytes % SHA256_CBLOCK));
	} else {
		SHA512_CTX c;

		memcpy(&c, h->state, sizeof(c));
		for (i = 0; i < 8; i++)
			out->word[i] = c.h[i];
		out->bytes = c.Nl / 8;
		memcpy(out->open, c.u.p, (size_t)(out->bytes % SHA512_CBLOCK));
	}
}

const char *
hash_save(const struct hash *h, struct arena *a)
{
	const struct form *form = &forms[h->kind];
	char *hex = arena_alloc(a, 2 * saved_size(form) + 1);
	unsigned char saved[SAVED_MAX] = {0}, *p = saved;
	struct parts parts;
	size_t i;

	take_apart(h, &parts);
	memcpy(p, form->magic, MAGIC_SIZE);
	p += MAGIC_SIZE;
	for (i = 0; i < 8; i++)
		p = put_number(p, parts.word[i], form->word);
	memcpy(p, parts.open, (size_t)(parts.bytes % form->block));
	(void)put_number(p + form->block, parts.bytes, 8);
	hex_encode(saved, saved_size(form), hex);
	return hex;
}

static void
set_state(struct hash *h, const uint64_t word[8], uint64_t bits)
{
	size_t i;

	if (h->kind == HASH_SHA256) {
		SHA256_CTX c;

		memcpy(&c, h->state, sizeof(c));
		for (i = 0; i < 8; i++)
			c.h[i] = (SHA_LONG)word[i];
		c.Nh = (SHA_LONG)(bits >> 32);
		c.Nl = (SHA_LONG)bits;
		memcpy(h->state, &c, sizeof(c));
	} else {
		SHA512_CTX c;

		memcpy(&c, h->state, sizeof(c));
		for (i = 0; i < 8; i++)
			c.h[i] = word[i];
		c.Nl = bits;
		memcpy(h->state, &c, sizeof(c));
	}
}

/* The words contain the complete blocks; the bytes of the open block are added again. */
static void
put_together(struct hash *h, enum hash_kind kind, const struct parts *parts)
{
	const size_t open = (size_t)(parts->bytes % forms[kind].block);

	hash_begin(h, kind);
	set_state(h, parts->word, (parts->bytes - open) * 8);
	hash_add(h, parts->open, open);
}

static void
read_parts(const struct form *form, const unsigned char *p, struct parts *out)
{
	size_t i;

	for (i = 0; i < 8; i++)
		out->word[i] = get_number(&p, form->word);
	memcpy(out->open, p, form->block);
	p += form->block;
	out->bytes = get_number(&p, 8);
}

bool
hash_load(struct hash *h, struct str text)
{
	unsigned char saved[SAVED_MAX];
	const struct form *form;
	struct parts parts;
	size_t i, n = text.n / 2;

	if (n > sizeof(saved) || !hex_is(text, 2 * n))
		return false;
	for (i = 0; i < n; i++)
		saved[i] = (unsigned char)(hex_value(text.p[2 * i]) << 4 |
					   hex_value(text.p[2 * i + 1]));
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		form = &forms[i];
		if (n != saved_size(form) ||
		    memcmp(saved, form->magic, MAGIC_SIZE) != 0)
			continue;
		read_parts(form, saved + MAGIC_SIZE, &parts);
		if (parts.bytes >> 61 != 0)
			return false;
		put_together(h, (enum hash_kind)i, &parts);
		return true;
	}
	return false;
}
