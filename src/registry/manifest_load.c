/* manifest_load.c: see manifest_load.h. */
#include "registry/manifest_load.h"

enum result
manifest_load_type(const struct task *t, const char *name,
    const struct store_manifest *stored, struct str *out)
{
	const struct store_repository in = task_repository(t, name);
	struct str given;
	enum result r;

	if (manifest_type(t->arena, stored->bytes, out))
		return RC_OK;
	r = store_manifest_type(&in, &stored->digest, &given, t->err);
	if (r == RC_OK)
		*out = given;
	return r == RC_NOT_FOUND ? RC_OK : r;
}

enum result
manifest_load(const struct task *t, const char *name, const struct digest *d,
    struct store_manifest *bytes, struct manifest *out)
{
	const struct store_repository in = task_repository(t, name);
	struct str type;
	enum result r = store_manifest_read(&in, d, bytes, t->err);

	if (r == RC_OK)
		r = manifest_load_type(t, name, bytes, &type);
	return r == RC_OK
		   ? manifest_parse(t->arena, bytes->bytes, type, out, t->err)
		   : r;
}
