/* print_text.h: text that others wrote, such as a name that a client sent, on a terminal. */
#ifndef CMD_PRINT_TEXT_H
#define CMD_PRINT_TEXT_H

#include <stdio.h>

/* Control characters, which could change the look of a terminal or begin a line of their own, are
 * written as "?". */
void print_text(FILE *out, const char *text);

#endif
