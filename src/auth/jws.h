/* jws.h: is a signature of a JSON document right (RFC 7515)? Whose key it is does not
 * matter: docker signs with a key that it made itself, and nobody trusts it. What counts
 * is that the document is whole, and that every client accepts it. */
#ifndef AUTH_JWS_H
#define AUTH_JWS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"

/* What is signed: the two with a dot between them, both in base64url. */
struct jws_text {
	struct str protected_text, payload;
};

/* header: {"alg": ..., "jwk": {...}} or with "x5c". Algorithms are ES256, ES384, ES512
 * (each with its own curve) and RS256, RS384, RS512. RC_UNVERIFIED: the signature is
 * wrong, or there is no way to tell. */
enum result jws_verify(struct arena *a, const struct json *header,
    const struct jws_text *text, struct str signature, struct err *err);

#endif
