/* json_closed.h: was a JSON text cut off? */
#ifndef BASE_JSON_CLOSED_H
#define BASE_JSON_CLOSED_H

#include <stdbool.h>

#include "base/str.h"

/* Is the text one object or list from its first sign to its last? So it looks when nothing
 * was cut off and nothing follows. What stands inside is not looked at: an old server wrote
 * what json_parse() refuses. */
bool json_is_closed(struct str text);

#endif
