/* json_blank.h: what may stand between the tokens of JSON (RFC 8259, section 2). Private to
 * json_*.c. */
#ifndef BASE_JSON_BLANK_H
#define BASE_JSON_BLANK_H

#include <stdbool.h>

static inline bool
json_is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

#endif
