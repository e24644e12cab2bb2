/* hex.h: bytes as lower-case hexadecimal digits. */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* Writes 2 n digits and a NUL. */
void hex_encode(const unsigned char *p, size_t n, char *out);

/* Is s exactly n digits of 0-9 and a-f? Upper case is not accepted. */
bool hex_is(struct str s, size_t n);

/* The value of a digit in either case; -1: it is not a digit. */
int hex_value(char c);

#endif
