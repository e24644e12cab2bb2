/* jws.h: verifies signatures of JSON documents (RFC 7515). Any key is accepted, since each
 * docker client signs with a key that it has generated itself. A valid signature means that
 * the document is complete, and that clients will accept it. */
#ifndef AUTH_JWS_H
#define AUTH_JWS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"

/* The signed text is both parts, in base64url, with a dot between them. */
struct jws_text {
	struct str protected_text, payload;
};

/* Verifies one signature. header is {"alg": ..., "jwk": {...}}, or has "x5c" instead of
 * "jwk". The algorithms are ES256, ES384, ES512 (each with its own curve) and RS256, RS384,
 * RS512. RC_UNVERIFIED: the signature does not match, or its header is not one of these. */
enum result jws_verify(struct arena *a, const struct json *header,
    const struct jws_text *text, struct str signature, struct err *err);

#endif
