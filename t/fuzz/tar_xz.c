/* tar_xz.c: what is found in an xz does not depend on how its bytes are cut. The first byte
 * says into pieces of how many. */
#include <string.h>

#include "layer/tar_xz.h"

#include "lib/fuzz.h"

static const char *
look(struct str input, size_t piece)
{
	struct tar_xz x;
	const char *why = NULL;

	tar_xz_begin(&x);
	while (why == NULL && input.n > 0) {
		size_t n = piece < input.n ? piece : input.n;

		why = tar_xz_look(&x, input.p, n);
		input = str_make(input.p + n, input.n - n);
	}
	return why;
}

void
fuzz(struct arena *a, struct str input)
{
	const char *whole, *cut;
	size_t piece;

	(void)a;
	if (input.n == 0)
		return;
	piece = (size_t)(unsigned char)input.p[0] + 1;
	input = str_make(input.p + 1, input.n - 1);
	whole = look(input, input.n);
	cut = look(input, piece);
	CHECK((whole == NULL) == (cut == NULL));
	CHECK(whole == NULL || strcmp(whole, cut) == 0);
}
