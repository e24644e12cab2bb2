/* jwk.c: see jwk.h.
 *
 * A JWK holds the numbers of a key in base64url. They are collected as parameters
 * (OSSL_PARAM_BLD), of which EVP_PKEY_fromdata() makes a key; it also checks that a point
 * is on its curve. Numbers have limits before they get there, since the keys come from
 * clients. */
#include "auth/jwk.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/base64url.h"
#include "base/must.h"

#define RSA_BITS_MIN 1024
#define RSA_BITS_MAX 8192 /* verifying with a longer key takes too long */

#define POINT_MAX  (1 + 2 * 66) /* bytes, on P-521 */
#define KID_GROUPS 12
#define KID_GROUP  4

static void
free_key(void *arg)
{
	EVP_PKEY_free(arg);
}

EVP_PKEY *
jwk_keep(struct arena *a, EVP_PKEY *key)
{
	arena_defer(a, free_key, key);
	return key;
}

/* ---- making keys of numbers ---- */

static OSSL_PARAM_BLD *
begin(void)
{
	return must_have(OSSL_PARAM_BLD_new());
}

static void
free_bn(void *arg)
{
	BN_clear_free(arg);
}

/* Adds a number of the JWK. The number lives in the arena, since b keeps only its address. */
static bool
add_number(struct arena *a, OSSL_PARAM_BLD *b, const char *name, struct str text)
{
	struct str bytes;
	BIGNUM *n;

	if (text.n == 0 || text.n > RSA_BITS_MAX / 4 ||
	    !base64url_decode(a, text, &bytes))
		return false;
	n = must_have(
	    BN_bin2bn((const unsigned char *)bytes.p, (int)bytes.n, NULL));
	arena_defer(a, free_bn, n);
	return OSSL_PARAM_BLD_push_BN(b, name, n) == 1;
}

/* Returns NULL if OpenSSL refuses the numbers, for example a point that is not on the
 * curve. */
static EVP_PKEY *
finish(OSSL_PARAM_BLD *b, const char *type, int selection)
{
	OSSL_PARAM *params = must_have(OSSL_PARAM_BLD_to_param(b));
	EVP_PKEY_CTX *ctx = must_have(EVP_PKEY_CTX_new_from_name(NULL, type, NULL));
	EVP_PKEY *key = NULL;

	if (EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, selection, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	ERR_clear_error();
	return key;
}

static EVP_PKEY *
read_rsa(struct arena *a, const struct json *jwk)
{
	OSSL_PARAM_BLD *b = begin();
	EVP_PKEY *key = NULL;

	if (add_number(
		a, b, OSSL_PKEY_PARAM_RSA_N, json_text(json_get(jwk, "n"))) &&
	    add_number(a, b, OSSL_PKEY_PARAM_RSA_E, json_text(json_get(jwk, "e"))))
		key = finish(b, "RSA", EVP_PKEY_PUBLIC_KEY);
	OSSL_PARAM_BLD_free(b);
	return key;
}

static const struct curve {
	const char *name, *group;
	size_t bytes; /* of a coordinate */
} curves[] = {
    {"P-256", "prime256v1", 32},
    {"P-384", "secp384r1", 48},
    {"P-521", "secp521r1", 66},
};

/* Writes the coordinates as an uncompressed point (SEC 1, section 2.3.3). */
static bool
read_point(struct arena *a, const struct json *jwk, const struct curve *curve,
    unsigned char point[POINT_MAX])
{
	struct str x, y;

	if (!base64url_decode(a, json_text(json_get(jwk, "x")), &x) ||
	    !base64url_decode(a, json_text(json_get(jwk, "y")), &y) ||
	    x.n != curve->bytes || y.n != curve->bytes)
		return false;
	point[0] = 4; /* uncompressed */
	memcpy(point + 1, x.p, x.n);
	memcpy(point + 1 + x.n, y.p, y.n);
	return true;
}

static EVP_PKEY *
read_ec(struct arena *a, const struct json *jwk)
{
	struct str crv = json_text(json_get(jwk, "crv"));
	struct str secret = json_text(json_get(jwk, "d"));
	unsigned char point[POINT_MAX];
	EVP_PKEY *key = NULL;
	OSSL_PARAM_BLD *b;
	size_t i = 0, n = sizeof(curves) / sizeof(curves[0]);

	while (i < n && !str_is(crv, curves[i].name))
		i++;
	if (i == n || !read_point(a, jwk, &curves[i], point))
		return NULL;
	b = begin();
	if (OSSL_PARAM_BLD_push_utf8_string(
		b, OSSL_PKEY_PARAM_GROUP_NAME, curves[i].group, 0) == 1 &&
	    OSSL_PARAM_BLD_push_octet_string(
		b, OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * curves[i].bytes) == 1 &&
	    (secret.n == 0 || add_number(a, b, OSSL_PKEY_PARAM_PRIV_KEY, secret)))
		key = finish(
		    b, "EC", secret.n > 0 ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY);
	OSSL_PARAM_BLD_free(b);
	return key;
}

/* ---- key ids ---- */

/* Base32 (RFC 4648, section 6) in groups. 30 bytes are exactly 48 letters, so there is no
 * padding. */
static void
add_letters(const unsigned char *p, char out[KID_GROUPS * (KID_GROUP + 1)])
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	size_t i, bit;

	for (i = 0; i < (size_t)KID_GROUPS * KID_GROUP; i++) {
		bit = i * 5;
		if (i > 0 && i % KID_GROUP == 0)
			*out++ = ':';
		*out++ = alphabet[((unsigned)p[bit / 8] << 8 | p[bit / 8 + 1]) >>
				      (11 - bit % 8) &
				  31];
	}
	*out = '\0';
}

const char *
jwk_kid(struct arena *a, EVP_PKEY *key)
{
	char *kid = arena_alloc(a, (size_t)KID_GROUPS * (KID_GROUP + 1));
	unsigned char sum[EVP_MAX_MD_SIZE], *der = NULL;
	int n = i2d_PUBKEY(key, &der);

	must_succeed(n >= 0 && EVP_Digest(der, (size_t)n, sum, NULL, EVP_sha256(),
				   NULL) == 1,
	    "EVP_Digest");
	OPENSSL_free(der);
	add_letters(sum, kid);
	return kid;
}

/* ---- the interface ---- */

static bool
is_on_known_curve(EVP_PKEY *key)
{
	char group[32];
	size_t i;

	if (!EVP_PKEY_is_a(key, "EC") ||
	    EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) != 1)
		return false;
	for (i = 0; i < sizeof(curves) / sizeof(curves[0]); i++)
		if (strcmp(group, curves[i].group) == 0)
			return true;
	return false;
}

static bool
is_supported(EVP_PKEY *key)
{
	int bits = EVP_PKEY_get_bits(key);

	if (EVP_PKEY_is_a(key, "RSA"))
		return bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX;
	return is_on_known_curve(key);
}

enum result
jwk_parse(struct arena *a, const struct json *jwk, EVP_PKEY **out, struct err *err)
{
	struct str kty = json_text(json_get(jwk, "kty"));
	const struct json *kid = json_get(jwk, "kid");
	EVP_PKEY *key = NULL;

	if (str_is(kty, "EC"))
		key = read_ec(a, jwk);
	else if (str_is(kty, "RSA"))
		key = read_rsa(a, jwk);
	if (key == NULL)
		return err_set(err, RC_BAD_DATA,
		    "jwk must be a valid key of type EC (P-256, P-384, P-521) or RSA");
	*out = jwk_keep(a, key);
	if (!is_supported(key))
		return err_set(err, RC_BAD_DATA,
		    "a key of type RSA must have %d to %d bits", RSA_BITS_MIN,
		    RSA_BITS_MAX);
	if (kid != NULL && !str_is(json_text(kid), jwk_kid(a, key)))
		return err_set(err, RC_BAD_DATA,
		    "kid must be the id of its key, %s", jwk_kid(a, key));
	return RC_OK;
}

enum result
jwk_parse_x5c(
    struct arena *a, const struct json *x5c, EVP_PKEY **out, struct err *err)
{
	struct str text = json_text(json_at(x5c, 0)), der;
	const unsigned char *p;
	X509 *certificate = NULL;
	EVP_PKEY *key = NULL;

	if (base64url_decode(a, text, &der)) {
		p = (const unsigned char *)der.p;
		certificate = d2i_X509(NULL, &p, (long)der.n);
	}
	if (certificate != NULL)
		key = X509_get_pubkey(certificate);
	X509_free(certificate);
	ERR_clear_error();
	if (key == NULL)
		return err_set(err, RC_BAD_DATA,
		    "the first entry of x5c must be a certificate");
	*out = jwk_keep(a, key);
	if (!is_supported(key))
		return err_set(err, RC_BAD_DATA,
		    "the certificate's key must be on P-256, P-384 or P-521, or an "
		    "RSA key of %d to %d bits",
		    RSA_BITS_MIN, RSA_BITS_MAX);
	return RC_OK;
}
