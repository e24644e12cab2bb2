/* json_closed.h: was a JSON text cut off? */
#ifndef BASE_JSON_CLOSED_H
#define BASE_JSON_CLOSED_H

#include <stdbool.h>

#include "base/str.h"

/* Is the text one object or list from its first character to its last, as it is when
 * nothing was cut off and nothing follows? What is inside is not checked: old servers
 * wrote texts that json_parse() refuses. Blanks and control characters around it do not
 * count. */
bool json_is_closed(struct str text);

#endif
