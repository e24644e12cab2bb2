/* hash.c: see hash.h. OpenSSL's EVP_MD_CTX cannot be stored; the contexts below it
 * are plain data, as fast, and only "deprecated" in name. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "image/hash.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"

#define MAGIC_SIZE 4

static const struct form {
	char magic[MAGIC_SIZE + 1];
	size_t word, block, sum; /* bytes */
} forms[] = {
    [HASH_SHA256] = {"sha\x03", 4, 64, SHA256_DIGEST_LENGTH},
    [HASH_SHA512] = {"sha\x07", 8, 128, SHA512_DIGEST_LENGTH},
};

#define SAVED_MAX (MAGIC_SIZE + 8 * 8 + 128 + 8)

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

/* ---- the stored form: all numbers big-endian ---- */

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

/* Lengths count bits, in 64 of them: no store holds 2^61 bytes. */
static void
look(struct hash *h, uint64_t word[8], const unsigned char **open, uint64_t *bytes)
{
	size_t i;

	if (h->kind == HASH_SHA256) {
		const SHA256_CTX *c = sha256(h);

		for (i = 0; i < 8; i++)
			word[i] = c->h[i];
		*open = (const unsigned char *)c->data;
		*bytes = ((uint64_t)c->Nh << 32 | c->Nl) / 8;
	} else {
		const SHA512_CTX *c = sha512(h);

		for (i = 0; i < 8; i++)
			word[i] = c->h[i];
		*open = c->u.p;
		*bytes = c->Nl / 8;
	}
}

const char *
hash_save(const struct hash *h, struct arena *a)
{
	const struct form *form = &forms[h->kind];
	char *hex = arena_alloc(a, 2 * saved_size(form) + 1);
	unsigned char saved[SAVED_MAX] = {0}, *p = saved;
	const unsigned char *open;
	struct hash copy = *h;
	uint64_t word[8], bytes;
	size_t i;

	look(&copy, word, &open, &bytes);
	memcpy(p, form->magic, MAGIC_SIZE);
	p += MAGIC_SIZE;
	for (i = 0; i < 8; i++)
		p = put_number(p, word[i], form->word);
	memcpy(p, open, (size_t)(bytes % form->block));
	(void)put_number(p + form->block, bytes, 8);
	hex_encode(saved, saved_size(form), hex);
	return hex;
}

static void
restore(struct hash *h, const uint64_t word[8], uint64_t bytes)
{
	size_t i;

	if (h->kind == HASH_SHA256) {
		SHA256_CTX *c = sha256(h);

		for (i = 0; i < 8; i++)
			c->h[i] = (SHA_LONG)word[i];
		c->Nh = (SHA_LONG)(bytes * 8 >> 32);
		c->Nl = (SHA_LONG)(bytes * 8);
	} else {
		SHA512_CTX *c = sha512(h);

		for (i = 0; i < 8; i++)
			c->h[i] = word[i];
		c->Nl = bytes * 8;
	}
}

static void
load(struct hash *h, const struct form *form, const unsigned char *p)
{
	const unsigned char *open;
	uint64_t word[8], bytes;
	size_t i;

	for (i = 0; i < 8; i++)
		word[i] = get_number(&p, form->word);
	open = p;
	p += form->block;
	bytes = get_number(&p, 8);
	/* the whole blocks are in the words; what the open one holds comes again */
	restore(h, word, bytes - bytes % form->block);
	hash_add(h, open, (size_t)(bytes % form->block));
}

bool
hash_load(struct hash *h, struct str text)
{
	unsigned char saved[SAVED_MAX];
	const struct form *form;
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
		hash_begin(h, (enum hash_kind)i);
		load(h, form, saved + MAGIC_SIZE);
		return true;
	}
	return false;
}
