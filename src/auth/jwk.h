/* jwk.h: keys as JSON (RFC 7517, RFC 7518 section 6), as far as signatures of manifests
 * use them; for jws.c and signing_key.c. A key lives in the arena of the call. */
#ifndef AUTH_JWK_H
#define AUTH_JWK_H

#include <openssl/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"

/* A key of type "EC" on P-256, P-384 or P-521, also with its private half "d", or of
 * type "RSA" with 1024 to 8192 bits. If there is a "kid", it must be the name of this
 * key (jwk_kid()). RC_BAD_DATA. */
enum result jwk_parse(
    struct arena *a, const struct json *jwk, EVP_PKEY **out, struct err *err);

/* The key of the first certificate in a list "x5c". Who signed the certificate is not
 * checked. The same keys are accepted as above. RC_BAD_DATA. */
enum result jwk_parse_x5c(
    struct arena *a, const struct json *x5c, EVP_PKEY **out, struct err *err);

/* libtrust's name for a key: the first 30 bytes of the SHA-256 of its DER
 * (SubjectPublicKeyInfo), in base32, in twelve groups. */
const char *jwk_kid(struct arena *a, EVP_PKEY *key);

/* Frees the key with the arena. Returns it. */
EVP_PKEY *jwk_keep(struct arena *a, EVP_PKEY *key);

#endif
