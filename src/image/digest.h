/* digest.h: digests (OCI image-spec, descriptor.md, "Digests"): "sha256:<64 digits>" or
 * "sha512:<128 digits>", hexadecimal in lower case. */
#ifndef IMAGE_DIGEST_H
#define IMAGE_DIGEST_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/hash.h"

#define DIGEST_TEXT_MAX (sizeof("sha512:") + 128) /* with its NUL */

/* Plain data. {0} means "no digest". */
struct digest {
	enum hash_kind kind;
	char hex[HASH_HEX_SIZE];
};

/* RC_OTHER_DIGEST: well-formed (algorithm ":" encoded), but of an algorithm that berth does
 * not compute, such as blake3. Nothing is stored under such a digest, but a manifest may
 * refer to it. RC_BAD_DIGEST: malformed. */
enum result digest_parse(struct str text, struct digest *out, struct err *err);

void digest_of(enum hash_kind kind, struct str bytes, struct digest *out);

/* The digest of what was added to h, which must not be used afterwards. */
void digest_end(struct hash *h, struct digest *out);

bool digest_eq(const struct digest *a, const struct digest *b);

/* "sha256"; "sha256:e3b0...". */
const char *digest_algorithm(const struct digest *d);
const char *digest_text(struct arena *a, const struct digest *d);

/* Finds an algorithm by its name, as in ?digest-algorithm=. False: it is not known. */
bool digest_kind(struct str name, enum hash_kind *out);

#endif
