/* blob.c: see blob.h. */
#include "content/blob.h"

#include "base/log.h"
#include "image/reference.h"
#include "store/guard.h"

enum result
blob_find(struct registry *reg, struct arena *a, const char *name,
    const struct digest *d, struct store_blob *out, struct err *err)
{
	return store_blob_find(reg->store, a, name, d, out, err);
}

enum result
blob_mount(struct registry *reg, struct arena *a, const char *name,
    const struct digest *d, const char *from, struct digest *out, struct err *err)
{
	struct store_blob blob;
	enum result r;

	if (from == NULL)
		r = store_blob_find_anywhere(reg->store, a, d, &blob, err);
	else if (reference_check_repository(str_of(from), err) == RC_OK)
		r = store_blob_find(reg->store, a, from, d, &blob, err);
	else
		r = RC_BLOB_UNKNOWN;
	if (r == RC_OK)
		r = store_blob_link(reg->store, a, name, &blob.digest, err);
	if (r == RC_OK)
		*out = blob.digest;
	return r;
}

enum result
blob_remove(struct registry *reg, struct arena *a, const char *name,
    const struct digest *d, struct err *err)
{
	struct guard lock = {0};
	enum result r = guard_take(reg->store, GUARD_REPOSITORY, name, &lock, err);

	if (r == RC_OK)
		r = store_blob_unlink(reg->store, a, name, d, err);
	if (r == RC_OK)
		log_line(LOG_INFO, "delete.blob", "repository=%s digest=%s", name,
		    digest_text(a, d));
	guard_release(&lock);
	return r;
}
