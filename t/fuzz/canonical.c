/* canonical.c: schema 2 made of images of API v1 with any json. */
#include <stdio.h>

#include "base/json_slice.h"
#include "image/canonical.h"
#include "image/manifest.h"

#include "lib/fuzz.h"

/* The member "config" of the config of two images: the base with no json to speak of, the top
 * with this one. Empty: it was refused. */
static struct str
config_of(struct arena *a, struct str json, bool zero)
{
	struct canonical_layer layers[2] = {
	    {.json = str_of("{}")}, {.json = json, .sums.zero = zero}};
	struct canonical out, again;
	struct manifest m;
	struct json_fault fault;
	struct str root;
	struct err err;

	digest_of(HASH_SHA256, str_of("base"), &layers[0].sums.digest);
	digest_of(HASH_SHA256, str_of("top"), &layers[1].sums.digest);
	layers[0].sums.diff_id = layers[0].sums.digest;
	layers[1].sums.diff_id = layers[1].sums.digest;
	if (canonical_make(a, layers, 2, &out, &err) != RC_OK)
		return str_of(NULL);
	CHECK(json_slice_check(out.config, &root, &fault));
	CHECK(manifest_parse(a, out.manifest, str_of(""), &m, &err) == RC_OK);
	CHECK(m.n_refs == (zero ? 2 : 3));
	CHECK(canonical_make(a, layers, 2, &again, &err) == RC_OK);
	CHECK(digest_eq(&out.manifest_digest, &again.manifest_digest));
	return json_slice_get(out.config, "config");
}

void
fuzz(struct arena *a, struct str input)
{
	struct str config = config_of(a, input, input.n % 2 == 0), again;
	char *json;

	if (config.n == 0)
		return;
	/* what is canonical stays as it is */
	json = arena_alloc(a, config.n + 20);
	again = config_of(a,
	    str_make(
		json, (size_t)sprintf(json, "{\"config\":%s}", str_dup(a, config))),
	    false);
	CHECK(str_eq(config, again));
}
