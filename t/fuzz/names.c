/* names.c: digests, and the names of repositories, tags and images. */
#include <string.h>

#include "image/digest.h"
#include "image/reference.h"
#include "image/v1name.h"

#include "lib/fuzz.h"

static void
check_digest(struct arena *a, struct str input)
{
	struct digest d;
	struct err err;

	if (digest_parse(input, &d, &err) == RC_OK)
		CHECK(str_is(input, digest_text(a, &d)));
}

void
fuzz(struct arena *a, struct str input)
{
	struct v1name name;
	struct err err;

	check_digest(a, input);
	if (reference_check_repository(input, &err) == RC_OK) {
		CHECK(input.n <= REFERENCE_REPOSITORY_MAX);
		/* A slash after the first takes three bytes of v1's file name. */
		CHECK(input.n > V1NAME_MAX_BYTES / 3 ||
		      v1name_parse(a, input, &name, &err) == RC_OK);
	}
	if (reference_is_tag(input))
		CHECK(v1name_check_tag(input, &err) == RC_OK);
	if (v1name_is_image_id(input))
		CHECK(input.n == 16 || input.n == 64);
	if (v1name_parse(a, input, &name, &err) == RC_OK)
		CHECK(*name.ns != '\0' && *name.repo != '\0' &&
		      strchr(name.ns, '/') == NULL);
}
