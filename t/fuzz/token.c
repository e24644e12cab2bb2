/* token.c: the token of API v1 in an Authorization header. */
#include <string.h>

#include "auth/token.h"

#include "lib/fuzz.h"

void
fuzz(struct arena *a, struct str input)
{
	struct token token, again;

	if (!token_parse(a, input, &token))
		return;
	CHECK(token.signature.p >= input.p && token.signature.n <= input.n);
	CHECK(!token_is_valid(a, str_of("key"), &token, 0));
	CHECK(token_parse(a,
	    str_of(token_new(a, str_of("key"), &token.repository, token.access, 0)),
	    &again));
	CHECK(strcmp(again.repository.ns, token.repository.ns) == 0 &&
	      strcmp(again.repository.repo, token.repository.repo) == 0);
	CHECK(token_is_valid(a, str_of("key"), &again, 0));
}
