/* percent.h: the %XX encoding of URIs (RFC 3986, section 2.1) and of HTML forms, which write
 * a blank as `+`. */
#ifndef BASE_PERCENT_H
#define BASE_PERCENT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

/* Decodes once. With form, `+` becomes a blank. False: a `%` without two hexadecimal digits
 * after it. The result may contain any byte, NUL too. */
bool percent_decode(struct arena *a, struct str in, bool form, struct str *out);

/* Encodes all but letters, digits and the bytes of `safe`. With form, a blank
 * becomes `+`. percent_encode(a, s, "_.-", true) is Python 2's quote_plus. */
char *percent_encode(struct arena *a, struct str in, const char *safe, bool form);

#endif
