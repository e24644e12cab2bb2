/* jws.h: is a signature of a JSON document right (RFC 7515)? The owner of the key does
 * not matter: docker makes a key of its own, which nobody trusts. The check tells that
 * the document is complete, and that every client will accept it. */
#ifndef AUTH_JWS_H
#define AUTH_JWS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"

/* What is signed: both texts, in base64url, with a dot between them. */
struct jws_text {
	struct str protected_text, payload;
};

/* Checks one signature. header is {"alg": ..., "jwk": {...}} or has "x5c" in place of
 * "jwk". The algorithms are ES256, ES384, ES512 (each with its own curve) and RS256,
 * RS384, RS512. RC_UNVERIFIED: the signature is wrong, or cannot be checked. */
enum result jws_verify(struct arena *a, const struct json *header,
    const struct jws_text *text, struct str signature, struct err *err);

#endif
