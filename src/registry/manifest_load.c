/* manifest_load.c: see manifest_load.h. */
#include "registry/manifest_load.h"

enum result
manifest_load(struct registry *reg, struct arena *a, const char *name,
    const struct digest *d, struct store_manifest *bytes, struct manifest *out,
    struct err *err)
{
	struct str told;
	enum result r = store_manifest_read(reg->store, a, name, d, bytes, err);

	if (r != RC_OK)
		return r;
	r = store_manifest_type(reg->store, a, name, &bytes->digest, &told, err);
	if (r == RC_NOT_FOUND)
		told = str_of("");
	else if (r != RC_OK)
		return r;
	return manifest_parse(a, bytes->bytes, told, out, err);
}
