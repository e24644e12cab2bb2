/* importing.c: see importing.h. */
#include "port/importing.h"

#include "content/blob.h"
#include "content/manifests.h"
#include "content/upload.h"
#include "image/reference.h"
#include "store/blob.h"
#include "store/stage.h"

#define CHUNK ((size_t)256 << 10)

enum result
importing_begin(const struct task *t, const struct input *from,
    const struct port_name *to, struct importing *out)
{
	*out = (struct importing){t, from, to->repository};
	if (!reference_is_tag(str_of(to->tag)))
		return err_set(t->err, RC_BAD_TAG, "\"%s\" is not a tag", to->tag);
	return reference_check_repository(str_of(to->repository), t->err);
}

static enum result
check_source(
    const struct task *t, const struct source *source, const struct digest *d)
{
	char *chunk = arena_alloc(t->arena, CHUNK);
	struct digest got;
	struct hash hash;
	ssize_t k;

	hash_begin(&hash, d->kind);
	while ((k = source->read(source->arg, chunk, CHUNK)) > 0)
		hash_add(&hash, chunk, (size_t)k);
	if (k < 0)
		return err_set(t->err, RC_IO, "it cannot be read");
	digest_end(&hash, &got);
	if (digest_eq(&got, d))
		return RC_OK;
	return err_set(t->err, RC_MISMATCH, "the bytes have the digest %s",
	    digest_text(t->arena, &got));
}

/* The store has the blob: the file must have it too. */
static enum result
link_blob(const struct importing *imp, const char *file, const struct digest *d)
{
	const struct task *t = imp->task;
	struct source source;
	struct digest kept;
	enum result r = input_file(imp->from, t->arena, file, &source, t->err);

	if (r == RC_OK)
		r = check_source(t, &source, d);
	if (r == RC_OK)
		r = blob_mount(t, imp->repository, d, NULL, &kept);
	return r;
}

static enum result
copy_blob(const struct importing *imp, const char *file, const struct digest *d)
{
	struct stage *stage;
	enum result r = input_stage(imp->task, imp->from, file, &stage);

	return r == RC_OK ? upload_stage(imp->task, imp->repository, stage, d) : r;
}

static bool
is_anywhere(const struct task *t, const struct digest *d)
{
	struct store_blob blob;
	struct err ignored;

	return store_blob_find_anywhere(
		   t->reg->store, t->arena, d, &blob, &ignored) == RC_OK;
}

enum result
importing_blob(
    const struct importing *imp, const char *file, const struct digest *d)
{
	struct arena *scratch = arena_new();
	const struct task *t = task_with_arena(imp->task, scratch);
	const struct importing own = {t, imp->from, imp->repository};
	struct store_blob blob;
	enum result r = RC_OK;

	if (blob_find(task_quiet(t), imp->repository, d, &blob) != RC_OK)
		r = is_anywhere(t, d) ? link_blob(&own, file, d)
				      : copy_blob(&own, file, d);
	if (r == RC_MISMATCH)
		(void)err_set(
		    t->err, r, "%s: %s", file, arena_strdup(scratch, t->err->text));
	arena_free(scratch);
	return r;
}

enum result
importing_manifest(const struct importing *imp, const struct importing_manifest *m)
{
	const struct str tag = str_of(m->tag);
	const struct manifests_push push = {.bytes = m->bytes,
	    .content_type = m->type,
	    .tags = &tag,
	    .n_tags = m->tag == NULL ? 0 : 1};
	struct manifests_pushed pushed;
	enum result r = manifests_put(imp->task, imp->repository,
	    str_of(digest_text(imp->task->arena, &m->digest)), &push, &pushed);

	if (r == RC_UNRESOLVED_REF)
		(void)err_set(imp->task->err, r,
		    "%.*s, to which the manifest refers, is not in the repository",
		    STR_ARG(pushed.missing[0]));
	return r;
}
