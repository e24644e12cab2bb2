/* signing_key.c: see signing_key.h. Everything here is for one curve, P-256: distribution
 * signs with such a key, and a signature of it has a fixed length. */
#include "auth/signing_key.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "auth/jwk.h"
#include "base/json.h"
#include "base/must.h"

#define CURVE        "prime256v1"
#define NUMBER_BYTES 32 /* a coordinate, or one of the two numbers of a signature */

struct signing_key {
	EVP_PKEY *pkey;
	struct pretty_jws_key public;
};

static struct str
coordinate(struct arena *a, EVP_PKEY *pkey, const char *name)
{
	unsigned char *p = arena_alloc(a, NUMBER_BYTES);
	BIGNUM *n = NULL;

	must_succeed(EVP_PKEY_get_bn_param(pkey, name, &n) == 1 &&
			 BN_bn2binpad(n, p, NUMBER_BYTES) == NUMBER_BYTES,
	    "EVP_PKEY_get_bn_param"); /* every key on a curve has both */
	BN_free(n);
	return str_make((const char *)p, NUMBER_BYTES);
}

static const struct signing_key *
make(struct arena *a, EVP_PKEY *pkey)
{
	struct signing_key *key = arena_alloc(a, sizeof(*key));

	key->pkey = pkey;
	key->public = (struct pretty_jws_key){jwk_kid(a, pkey),
	    coordinate(a, pkey, OSSL_PKEY_PARAM_EC_PUB_X),
	    coordinate(a, pkey, OSSL_PKEY_PARAM_EC_PUB_Y)};
	return key;
}

/* ---- key files ---- */

/* For OpenSSL, which otherwise asks for a password at the terminal. */
static int
no_password(char *buf, int size, int writing, void *arg)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)arg;
	return -1;
}

static EVP_PKEY *
read_pem(struct arena *a, struct str text)
{
	BIO *bio = must_have(BIO_new_mem_buf(text.p, (int)text.n));
	EVP_PKEY *pkey;

	pkey = PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
	BIO_free(bio);
	ERR_clear_error();
	return pkey == NULL ? NULL : jwk_keep(a, pkey);
}

static EVP_PKEY *
read_jwk(struct arena *a, struct str text)
{
	EVP_PKEY *pkey = NULL;
	struct json *jwk;
	struct err ignored;
	const char *why;

	if (!json_parse(a, text, &jwk, &why) ||
	    jwk_parse(a, jwk, &pkey, &ignored) != RC_OK)
		return NULL;
	return pkey;
}

/* Is the private part there, and does it belong to the public one? */
static bool
is_pair(EVP_PKEY *pkey)
{
	EVP_PKEY_CTX *ctx = must_have(EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL));
	bool valid;

	valid = EVP_PKEY_pairwise_check(ctx) == 1;
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	return valid;
}

static bool
is_on_curve(EVP_PKEY *pkey)
{
	char group[32];

	return EVP_PKEY_is_a(pkey, "EC") &&
	       EVP_PKEY_get_group_name(pkey, group, sizeof(group), NULL) == 1 &&
	       str_is(str_of(group), CURVE);
}

enum result
signing_key_parse(struct arena *a, struct str text, const struct signing_key **out,
    struct err *err)
{
	bool is_json = str_starts(str_trim(text), "{");
	EVP_PKEY *pkey = NULL;

	if (text.n > 0 && text.n <= SIGNING_KEY_MAX)
		pkey = is_json ? read_jwk(a, text) : read_pem(a, text);
	if (pkey == NULL || !is_on_curve(pkey) || !is_pair(pkey))
		return err_set(err, RC_BAD_DATA,
		    "the file must hold a private key on the curve P-256, in PEM "
		    "without a password or as a JWK");
	*out = make(a, pkey);
	return RC_OK;
}

const struct signing_key *
signing_key_new(struct arena *a)
{
	EVP_PKEY *pkey = EVP_EC_gen(CURVE);

	must_succeed(pkey != NULL, "EVP_EC_gen");
	return make(a, jwk_keep(a, pkey));
}

/* "EC PRIVATE KEY" is the form that libtrust, and so distribution, reads. */
struct str
signing_key_pem(struct arena *a, const struct signing_key *key)
{
	BIO *bio = must_have(BIO_new(BIO_s_mem()));
	char *p;
	long n;

	must_succeed(PEM_write_bio_PrivateKey_traditional(
			 bio, key->pkey, NULL, NULL, 0, NULL, NULL) == 1,
	    "PEM_write_bio_PrivateKey_traditional");
	n = BIO_get_mem_data(bio, &p);
	p = arena_strndup(a, p, (size_t)n);
	BIO_free(bio);
	return str_make(p, (size_t)n);
}

/* ---- signing ---- */

const struct pretty_jws_key *
signing_key_public(const struct signing_key *key)
{
	return &key->public;
}

/* Converts OpenSSL's DER to two numbers of 32 bytes (RFC 7518, section 3.4). */
static struct str
from_der(struct arena *a, const unsigned char *der, size_t n)
{
	unsigned char *p = arena_alloc(a, 2 * (size_t)NUMBER_BYTES);
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)n);

	must_succeed(sig != NULL &&
			 BN_bn2binpad(ECDSA_SIG_get0_r(sig), p, NUMBER_BYTES) ==
			     NUMBER_BYTES &&
			 BN_bn2binpad(ECDSA_SIG_get0_s(sig), p + NUMBER_BYTES,
			     NUMBER_BYTES) == NUMBER_BYTES,
	    "d2i_ECDSA_SIG");
	ECDSA_SIG_free(sig);
	return str_make((const char *)p, 2 * (size_t)NUMBER_BYTES);
}

struct str
signing_key_sign(
    struct arena *a, const struct signing_key *key, const struct jws_text *text)
{
	EVP_MD_CTX *ctx = must_have(EVP_MD_CTX_new());
	unsigned char der[128]; /* 72 at most */
	size_t n = sizeof(der);

	must_succeed(
	    EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key->pkey) == 1 &&
		EVP_DigestSignUpdate(
		    ctx, text->protected_text.p, text->protected_text.n) == 1 &&
		EVP_DigestSignUpdate(ctx, ".", 1) == 1 &&
		EVP_DigestSignUpdate(ctx, text->payload.p, text->payload.n) == 1 &&
		EVP_DigestSignFinal(ctx, der, &n) == 1,
	    "EVP_DigestSign");
	EVP_MD_CTX_free(ctx);
	return from_der(a, der, n);
}
