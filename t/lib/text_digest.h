/* text_digest.h: digests of short texts. */
#ifndef LIB_TEXT_DIGEST_H
#define LIB_TEXT_DIGEST_H

#include "image/digest.h"

struct digest text_digest(enum hash_kind kind, const char *text);
struct digest sha256(const char *text);

/* "sha256:..." of any bytes; in the arena of the test. */
const char *sum_of(struct str bytes);

#endif
