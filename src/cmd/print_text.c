/* print_text.c: see print_text.h. */
#include "cmd/print_text.h"

void
print_text(FILE *out, const char *text)
{
	for (; *text != '\0'; text++)
		(void)fputc(
		    (unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text, out);
}
