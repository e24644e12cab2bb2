/* departure.c: see departure.h. */
#include "port/departure.h"

#include "content/blob.h"
#include "image/reference.h"
#include "image/schema1.h"

struct departure
departure_with_arena(const struct departure *dep, struct arena *scratch)
{
	struct departure own = *dep;

	own.task = task_with_arena(dep->task, scratch);
	return own;
}

/* The child of an index for the platform takes the place of the index. */
static enum result
pick_child(const struct departure *dep, struct manifests_found *out)
{
	const struct task *t = dep->task;
	struct digest child;
	enum result r = v1chain_pick_child(
	    t->arena, out->bytes, dep->platform, &child, t->err);

	if (r == RC_OK)
		r = manifests_get(t, dep->from->repository,
		    str_of(digest_text(t->arena, &child)), MANIFESTS_ANY, out);
	return r;
}

enum result
departure_find(const struct departure *dep, struct manifests_found *out)
{
	const struct port_name *from = dep->from;
	enum result r = reference_check_repository(
	    str_of(from->repository), dep->task->err);

	if (r == RC_OK)
		r = manifests_get(dep->task, from->repository,
		    str_of(from->digest != NULL ? from->digest : from->tag),
		    MANIFESTS_NOT_SCHEMA1, out);
	if (r == RC_MANIFEST_UNKNOWN)
		r = err_set(dep->task->err, r, "the registry has no such image");
	if (r == RC_OK && dep->platform != NULL && v1chain_is_list(out->type))
		r = pick_child(dep, out);
	return r;
}

enum result
departure_blob(
    const struct departure *dep, const struct digest *d, const char *name)
{
	struct arena *scratch = arena_new();
	struct store_blob blob;
	enum result r = RC_OK;

	if (!output_has(dep->to, name)) {
		r = blob_find(task_with_arena(dep->task, scratch),
		    dep->from->repository, d, &blob);
		if (r == RC_OK)
			r = output_content(dep->to, name, blob.content, d);
	}
	arena_free(scratch);
	return r;
}

enum result
departure_parse(const struct departure *dep, const struct manifests_found *found,
    struct manifest *out)
{
	const struct task *t = dep->task;

	if (schema1_is_type(found->type))
		return err_set(t->err, RC_NOT_BRIDGED,
		    "it is a manifest of schema 1, which this format cannot hold");
	return manifest_parse(t->arena, found->bytes, found->type, out, t->err);
}
