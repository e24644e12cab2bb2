/* base64url.h: base64 with the alphabet of URLs, without padding (RFC 4648, section 5),
 * as JSON Web Signatures write bytes (RFC 7515, section 2). */
#ifndef BASE_BASE64URL_H
#define BASE_BASE64URL_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

struct str base64url_encode(struct arena *a, struct str bytes);

/* Also accepts the standard alphabet (+ and /) and padding: certificates in a signature are
 * written that way. False: another character, or an impossible length. */
bool base64url_decode(struct arena *a, struct str text, struct str *out);

#endif
