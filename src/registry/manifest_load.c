/* manifest_load.c: see manifest_load.h. */
#include "registry/manifest_load.h"

#include "registry/worklimit.h"

enum result
manifest_load_bytes(const struct task *t, const char *name, const struct digest *d,
    size_t memory, struct store_manifest *out)
{
	const struct store_repository in = task_repository(t, name);
	enum result r = store_manifest_read_short(
	    &in, d, WORKLIMIT_FREE, out, t->err);

	if (r != RC_TOO_LARGE)
		return r;
	r = worklimit_enter(t, memory);
	return r == RC_OK ? store_manifest_read(&in, d, out, t->err) : r;
}

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
