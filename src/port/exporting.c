/* exporting.c: see exporting.h. */
#include "port/exporting.h"

#include "content/blob.h"
#include "image/reference.h"
#include "image/schema1.h"

struct exporting
exporting_with_arena(const struct exporting *ex, struct arena *scratch)
{
	struct exporting own = *ex;

	own.task = task_with_arena(ex->task, scratch);
	return own;
}

/* The child of an index for the platform takes the place of the index. */
static enum result
pick_child(const struct exporting *ex, struct manifests_found *out)
{
	const struct task *t = ex->task;
	struct digest child;
	enum result r = v1chain_pick_child(
	    t->arena, out->bytes, ex->platform, &child, t->err);

	if (r == RC_OK)
		r = manifests_get(t, ex->from->repository,
		    str_of(digest_text(t->arena, &child)), MANIFESTS_ANY, out);
	return r;
}

enum result
exporting_find(const struct exporting *ex, struct manifests_found *out)
{
	const struct port_name *from = ex->from;
	enum result r = reference_check_repository(
	    str_of(from->repository), ex->task->err);

	if (r == RC_OK)
		r = manifests_get(ex->task, from->repository,
		    str_of(from->digest != NULL ? from->digest : from->tag),
		    MANIFESTS_NOT_SCHEMA1, out);
	if (r == RC_MANIFEST_UNKNOWN)
		r = err_set(ex->task->err, r, "the registry has no such image");
	if (r == RC_OK && ex->platform != NULL && v1chain_is_list(out->type))
		r = pick_child(ex, out);
	return r;
}

enum result
exporting_blob(const struct exporting *ex, const struct digest *d, const char *name)
{
	struct arena *scratch = arena_new();
	struct store_blob blob;
	enum result r = RC_OK;

	if (!output_has(ex->to, name)) {
		r = blob_find(task_with_arena(ex->task, scratch),
		    ex->from->repository, d, &blob);
		if (r == RC_OK)
			r = output_content(ex->to, name, blob.content, d);
	}
	arena_free(scratch);
	return r;
}

enum result
exporting_parse(const struct exporting *ex, const struct manifests_found *found,
    struct manifest *out)
{
	const struct task *t = ex->task;

	if (schema1_is_type(found->type))
		return err_set(t->err, RC_NOT_BRIDGED,
		    "it is a manifest of schema 1, which this format cannot hold");
	return manifest_parse(t->arena, found->bytes, found->type, out, t->err);
}
