/* blob.c: see blob.h. */
#include "content/blob.h"

#include "image/reference.h"
#include "registry/event.h"
#include "store/guard.h"

enum result
blob_find(const struct task *t, const char *name, const struct digest *d,
    struct store_blob *out)
{
	const struct store_repository in = task_repository(t, name);

	return store_blob_find(&in, d, out, t->err);
}

enum result
blob_mount(const struct task *t, const char *name, const struct digest *d,
    const char *from, struct digest *out)
{
	const struct store_repository in = task_repository(t, name),
				      other = task_repository(t, from);
	struct store_blob blob;
	enum result r;

	if (from == NULL)
		r = store_blob_find_anywhere(
		    t->reg->store, t->arena, d, &blob, t->err);
	else if (reference_check_repository(str_of(from), t->err) == RC_OK)
		r = store_blob_find(&other, d, &blob, t->err);
	else
		r = RC_BLOB_UNKNOWN;
	if (r == RC_OK)
		r = store_blob_link(&in, &blob.digest, t->err);
	if (r == RC_OK)
		*out = blob.digest;
	return r;
}

enum result
blob_remove(const struct task *t, const char *name, const struct digest *d)
{
	const struct store_repository in = task_repository(t, name);
	struct guard held = {0};
	enum result r = guard_take(
	    t->reg->store, GUARD_REPOSITORY, name, &held, t->err);

	if (r == RC_OK)
		r = store_blob_unlink(&in, &held, d, t->err);
	if (r == RC_OK)
		event_emit(t, &(struct event){.kind = EVENT_DELETE_BLOB,
				  .repository = name,
				  .digest = digest_text(t->arena, d)});
	guard_release(&held);
	return r;
}
