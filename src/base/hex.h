/* hex.h: bytes as lower-case hexadecimal digits. */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* Writes 2 n digits and a NUL. */
void hex_encode(const unsigned char *p, size_t n, char *out);

/* n digits of 0-9 a-f exactly; capitals are not accepted. */
bool hex_is(struct str s, size_t n);

/* Value of one digit of either case, -1 if it is none. */
int hex_value(char c);

#endif
