/* pretty_jws.h: a JSON document that contains its own signatures, as docker's libtrust writes
 * it (media type ...manifest.v1+prettyjws). A JSON Web Signature (RFC 7515) encloses its
 * payload; here the payload encloses the signatures:
 *
 *	{
 *	   "name": "team/app",				the payload's members,
 *	   "signatures": [				then the signatures,
 *	      {						then the payload's closing brace
 *	         "header": {"jwk": {...}, "alg": "ES256"},
 *	         "signature": "...",
 *	         "protected": "..."			{"formatLength": ..., "formatTail": ...}
 *	      }
 *	   ]
 *	}
 *
 * The payload is the first formatLength bytes of the document, followed by formatTail. What
 * is signed is protected + "." + base64url(payload). The digest of such a manifest is that of
 * the payload, so it does not change when the manifest is signed again.
 *
 * This file only knows the format; auth/jws.h verifies signatures. */
#ifndef IMAGE_PRETTY_JWS_H
#define IMAGE_PRETTY_JWS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"

/* A document with more is refused, because each one costs a hash of the payload. */
#define PRETTY_JWS_SIGNATURES_MAX 32

/* Bytes of the list of signatures; docker writes about 700 for one. The list is parsed into
 * memory, where a value can take hundreds of times as much as its text. */
#define PRETTY_JWS_LIST_MAX ((size_t)64 << 10)

struct pretty_jws_signature {
	const struct json *header;
	struct str protected_text; /* base64url, as it was signed */
	struct str bytes;
};

struct pretty_jws {
	struct str payload;
	const struct pretty_jws_signature *signatures; /* at least one */
	size_t n_signatures;
};

/* Separates the payload and the signatures of a document. "signatures" must be the last
 * member, formatLength must be where it begins, and formatTail must be the closing brace:
 * some versions of docker read the whole document, others only the payload, and both must
 * see the same members. The payload is not parsed. RC_BAD_MANIFEST: it is not signed, or
 * breaks these rules. */
enum result pretty_jws_open(
    struct arena *a, struct str body, struct pretty_jws *out, struct err *err);

/* Does the object have a member "signatures"? */
bool pretty_jws_is_signed(struct str body);

/* ---- signing, with ES256 ---- */

/* The public half of the key, as a header names it (RFC 7518, section 6.2.1). */
struct pretty_jws_key {
	const char *kid;
	struct str x, y; /* 32 bytes each */
};

/* The text for "protected". False: the payload does not end like an object. */
bool pretty_jws_protect(struct arena *a, struct str payload, struct str *out);

/* The payload with its signature. The length of the result depends on the length of the
 * payload only. */
struct str pretty_jws_seal(struct arena *a, struct str payload,
    const struct pretty_jws_key *key, struct str protected_text,
    struct str signature);

#endif
