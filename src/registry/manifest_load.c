/* manifest_load.c: see manifest_load.h. */
#include "registry/manifest_load.h"

enum result
manifest_load(const struct task *t, const char *name, const struct digest *d,
    struct store_manifest *bytes, struct manifest *out)
{
	const struct store_repository in = task_repository(t, name);
	struct str told;
	enum result r = store_manifest_read(&in, d, bytes, t->err);

	if (r != RC_OK)
		return r;
	r = store_manifest_type(&in, &bytes->digest, &told, t->err);
	if (r == RC_NOT_FOUND)
		told = str_of("");
	else if (r != RC_OK)
		return r;
	return manifest_parse(t->arena, bytes->bytes, told, out, t->err);
}
