/* json_closed.h: is a JSON text complete, or was the file truncated? */
#ifndef BASE_JSON_CLOSED_H
#define BASE_JSON_CLOSED_H

#include <stdbool.h>

#include "base/str.h"

/* Is the text one object or list, with its last bracket as the last character? What is inside
 * is not checked, because old servers wrote texts that json_parse() refuses. Blanks and
 * control characters around it are ignored. */
bool json_is_closed(struct str text);

#endif
