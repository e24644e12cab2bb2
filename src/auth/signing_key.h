/* signing_key.h: the private key with which the registry signs manifests of schema 1 when
 * they are pulled (ES256). Clients accept any key. It lives in the arena of the call; any
 * number of threads may use it. */
#ifndef AUTH_SIGNING_KEY_H
#define AUTH_SIGNING_KEY_H

#include "auth/jws.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/pretty_jws.h"

#define SIGNING_KEY_MAX ((size_t)64 << 10) /* bytes of its file */

struct signing_key;

/* Reads the text of a key file, in the formats that distribution reads for
 * compatibility.schema1.signingkeyfile: PEM ("EC PRIVATE KEY", "PRIVATE KEY") without a
 * password, or a JWK. RC_BAD_DATA: it is neither, or the key is not on the curve P-256. */
enum result signing_key_parse(struct arena *a, struct str text,
    const struct signing_key **out, struct err *err);

/* Generates a key; and writes a key as the text of a file that distribution reads, too. */
const struct signing_key *signing_key_new(struct arena *a);
struct str signing_key_pem(struct arena *a, const struct signing_key *key);

/* The public key, as the header of a signature has it. */
const struct pretty_jws_key *signing_key_public(const struct signing_key *key);

/* Signs the text: 64 bytes, different ones at each call. */
struct str signing_key_sign(
    struct arena *a, const struct signing_key *key, const struct jws_text *text);

#endif
