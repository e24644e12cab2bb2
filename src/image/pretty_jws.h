/* pretty_jws.h: a JSON document that carries its signatures, as docker's libtrust writes
 * it (media type ...manifest.v1+prettyjws). It is a JSON Web Signature (RFC 7515) turned
 * inside out:
 *
 *	{
 *	   "name": "team/app",				the payload up to its end ...
 *	   "signatures": [				... between which and its closing
 *	      {						brace the signatures stand
 *	         "header": {"jwk": {...}, "alg": "ES256"},
 *	         "signature": "...",
 *	         "protected": "..."			{"formatLength": ..., "formatTail": ...}
 *	      }
 *	   ]
 *	}
 *
 * The payload is the first formatLength bytes, then formatTail. What is signed is
 * protected + "." + base64url(payload). The digest of such a manifest is the payload's:
 * the same image that is signed again keeps its digest.
 *
 * This file knows the form only; auth/jws.h checks signatures. */
#ifndef IMAGE_PRETTY_JWS_H
#define IMAGE_PRETTY_JWS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"

/* More are refused: each one costs a hash of the payload. */
#define PRETTY_JWS_SIGNATURES_MAX 32

/* Bytes of the list of signatures; docker writes some 700 for one. The list is read
 * into memory, where a value can take hundreds of times the bytes that spell it. */
#define PRETTY_JWS_LIST_MAX ((size_t)64 << 10)

struct pretty_jws_signature {
	const struct json *header;
	struct str protected_text; /* as it stands there, and as it was signed */
	struct str bytes;
};

struct pretty_jws {
	struct str payload;
	const struct pretty_jws_signature *signatures; /* one at least */
	size_t n_signatures;
};

/* Takes a signed document apart. There may be nothing but the signatures between the
 * end of the payload and its closing brace, and nothing but the brace and blanks in
 * the tail: some dockers read the whole document, others only the payload, and both
 * must see the same. The payload is not parsed. RC_BAD_MANIFEST. */
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

/* The text for "protected". False: the end of the payload is not that of an object. */
bool pretty_jws_protect(struct arena *a, struct str payload, struct str *out);

/* The payload with its signature. Its length depends on the length of the payload alone. */
struct str pretty_jws_seal(struct arena *a, struct str payload,
    const struct pretty_jws_key *key, struct str protected_text,
    struct str signature);

#endif
