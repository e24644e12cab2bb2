/* token.c: see token.h. */
#include "auth/token.h"

#include <stdlib.h>
#include <sys/random.h>

#include "base/hex.h"
#include "base/percent.h"

#define SIGNATURE_BYTES 8

const char *
token_new(struct arena *a, const struct repo_name *name, enum token_access access)
{
	static const char *const words[] = {"read", "write", "delete"};
	unsigned char random[SIGNATURE_BYTES];
	char hex[2 * SIGNATURE_BYTES + 1];

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		abort(); /* cannot happen for so few bytes (getrandom(2)) */
	hex_encode(random, sizeof(random), hex);
	return arena_printf(a, "Token signature=%s,repository=\"%s/%s\",access=%s",
	    hex, name->ns, percent_encode(a, str_of(name->repo), "_.-", true),
	    words[access]);
}
