/* jwk.h: public and private keys as JSON (RFC 7517, RFC 7518 section 6): the types that
 * signatures of manifests use. A key lives in the arena of the call. */
#ifndef AUTH_JWK_H
#define AUTH_JWK_H

#include <openssl/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"

/* Reads a key of type "EC" on P-256, P-384 or P-521, with or without its private part "d",
 * or a public key of type "RSA" with 1024 to 8192 bits. A member "kid" must be what
 * jwk_kid() returns for the key. RC_BAD_DATA. */
enum result jwk_parse(
    struct arena *a, const struct json *jwk, EVP_PKEY **out, struct err *err);

/* Reads the public key of the first certificate in a list "x5c". The certificate's own
 * signature is not verified. The same types of keys are accepted as above. RC_BAD_DATA. */
enum result jwk_parse_x5c(
    struct arena *a, const struct json *x5c, EVP_PKEY **out, struct err *err);

/* The key id as libtrust computes it: the first 30 bytes of the SHA-256 of the public key's
 * DER (SubjectPublicKeyInfo) in base32, in twelve groups with colons between them. */
const char *jwk_kid(struct arena *a, EVP_PKEY *key);

/* Makes the arena free the key. Returns the key. */
EVP_PKEY *jwk_keep(struct arena *a, EVP_PKEY *key);

#endif
