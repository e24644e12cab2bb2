/* jws.c: see jws.h.
 *
 * The header names the algorithm and holds the key. Both come from the client, so the
 * algorithm must fit the type of the key, and "none" and the HMAC algorithms are unknown
 * here: with them a signature could be made without a private key.
 *
 * An ECDSA signature is two numbers r and s. JWS writes them one after the other at full
 * length (RFC 7518, section 3.4), OpenSSL reads them as DER, so to_der() converts. */
#include "auth/jws.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "auth/jwk.h"
#include "base/must.h"

static const struct algorithm {
	const char *name, *type;
	int bits; /* of the curve; 0: any key of the type */
	const EVP_MD *(*md)(void);
} algorithms[] = {
    {"ES256", "EC", 256, EVP_sha256},
    {"ES384", "EC", 384, EVP_sha384},
    {"ES512", "EC", 521, EVP_sha512},
    {"RS256", "RSA", 0, EVP_sha256},
    {"RS384", "RSA", 0, EVP_sha384},
    {"RS512", "RSA", 0, EVP_sha512},
};

static const struct algorithm *
find_algorithm(struct str name)
{
	size_t i;

	for (i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++)
		if (str_is(name, algorithms[i].name))
			return &algorithms[i];
	return NULL;
}

static enum result
read_key(
    struct arena *a, const struct json *header, EVP_PKEY **out, struct err *err)
{
	const struct json *jwk = json_get(header, "jwk");
	const struct json *x5c = json_get(header, "x5c");
	enum result r;

	if (json_length(x5c) > 0) /* preferred to jwk, as in libtrust */
		r = jwk_parse_x5c(a, x5c, out, err);
	else if (jwk != NULL)
		r = jwk_parse(a, jwk, out, err);
	else
		return err_set(err, RC_UNVERIFIED,
		    "the header of a signature must have the key in jwk or x5c");
	if (r != RC_OK)
		return RC_UNVERIFIED; /* an unusable key makes the signature invalid */
	return RC_OK;
}

/* Returns the length of the DER in *out, which the caller frees; 0: the signature does not
 * have the length that the curve needs. */
static int
to_der(struct str signature, int bits, unsigned char **out)
{
	const unsigned char *p = (const unsigned char *)signature.p;
	int half = (bits + 7) / 8, n;
	ECDSA_SIG *sig;
	BIGNUM *r, *s;

	if (signature.n != 2 * (size_t)half)
		return 0;
	sig = must_have(ECDSA_SIG_new());
	r = must_have(BN_bin2bn(p, half, NULL));
	s = must_have(BN_bin2bn(p + half, half, NULL));
	must_succeed(ECDSA_SIG_set0(sig, r, s) == 1, "ECDSA_SIG_set0");
	n = i2d_ECDSA_SIG(sig, out);
	ECDSA_SIG_free(sig);
	return n;
}

static bool
verify_bytes(EVP_PKEY *key, const EVP_MD *md, const struct jws_text *text,
    struct str signature)
{
	EVP_MD_CTX *ctx = must_have(EVP_MD_CTX_new());
	bool valid;

	valid = EVP_DigestVerifyInit(ctx, NULL, md, NULL, key) == 1 &&
		EVP_DigestVerifyUpdate(
		    ctx, text->protected_text.p, text->protected_text.n) == 1 &&
		EVP_DigestVerifyUpdate(ctx, ".", 1) == 1 &&
		EVP_DigestVerifyUpdate(ctx, text->payload.p, text->payload.n) ==
		    1 &&
		EVP_DigestVerifyFinal(
		    ctx, (const unsigned char *)signature.p, signature.n) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return valid;
}

static bool
verify(EVP_PKEY *key, const struct algorithm *algorithm,
    const struct jws_text *text, struct str signature)
{
	unsigned char *der = NULL;
	bool valid;
	int n;

	if (algorithm->bits == 0)
		return verify_bytes(key, algorithm->md(), text, signature);
	n = to_der(signature, algorithm->bits, &der);
	valid = n > 0 && verify_bytes(key, algorithm->md(), text,
			     str_make((const char *)der, (size_t)n));
	OPENSSL_free(der);
	return valid;
}

enum result
jws_verify(struct arena *a, const struct json *header, const struct jws_text *text,
    struct str signature, struct err *err)
{
	struct str name = json_text(json_get(header, "alg"));
	const struct algorithm *algorithm = find_algorithm(name);
	EVP_PKEY *key;
	enum result r;

	if (algorithm == NULL)
		return err_set(err, RC_UNVERIFIED,
		    "alg of a signature must be one of ES256, ES384, ES512, RS256, "
		    "RS384 and RS512");
	r = read_key(a, header, &key, err);
	if (r != RC_OK)
		return r;
	if (!EVP_PKEY_is_a(key, algorithm->type) ||
	    (algorithm->bits != 0 && EVP_PKEY_get_bits(key) != algorithm->bits))
		return err_set(err, RC_UNVERIFIED,
		    "alg %s of a signature does not fit its key", algorithm->name);
	if (!verify(key, algorithm, text, signature))
		return err_set(err, RC_UNVERIFIED,
		    "a signature does not match its payload and key");
	return RC_OK;
}
