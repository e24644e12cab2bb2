/* blob.c: see blob.h. */
#include "content/blob.h"

#include "bridge/to_v2.h"
#include "image/reference.h"
#include "registry/event.h"
#include "store/guard.h"

enum result
blob_find(const struct task *t, const char *name, const struct digest *d,
    struct store_blob *out)
{
	const struct store_repository in = task_repository(t, name);

	enum result r = store_blob_find(&in, d, out, t->err);

	return r == RC_BLOB_UNKNOWN ? to_v2_blob(t, name, d, out) : r;
}

/* Of the repository `from`, or of any. */
static enum result
find_to_mount(const struct task *t, const struct digest *d, const char *from,
    struct store_blob *out)
{
	const struct store_repository other = task_repository(t, from);

	if (from == NULL)
		return store_blob_find_anywhere(
		    t->reg->store, t->arena, d, out, t->err);
	if (reference_check_repository(str_of(from), t->err) != RC_OK)
		return RC_BAD_NAME;
	return store_blob_find(&other, d, out, t->err);
}

enum result
blob_mount(const struct task *t, const char *name, const struct digest *d,
    const char *from, struct digest *out)
{
	const struct store_repository in = task_repository(t, name);
	struct store_blob blob = {.digest = *d};
	enum result r = find_to_mount(t, d, from, &blob);

	if (r == RC_OK)
		r = store_blob_link(&in, &blob.digest, t->err);
	else if (r == RC_BLOB_UNKNOWN)
		r = to_v2_keep_blob(t, from, d, name);
	if (r == RC_OK)
		*out = blob.digest;
	return r == RC_BAD_NAME ? RC_BLOB_UNKNOWN : r;
}

/* A layer of an image of API v1, or a blob that was made of it, cannot be removed alone: that
 * would be a change of the image, and other images may be built on it. */
static enum result
refuse_bridged(const struct task *t, const char *name, const struct digest *d)
{
	struct store_blob blob;
	enum result r = to_v2_blob(t, name, d, &blob);

	if (r != RC_OK)
		return r;
	return err_set(t->err, RC_BAD_METHOD,
	    "the blob belongs to an image that was pushed through API v1: delete its "
	    "tags");
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
	return r == RC_BLOB_UNKNOWN ? refuse_bridged(t, name, d) : r;
}
