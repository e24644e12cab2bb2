/* layouts.c: see layouts.h. */
#include "registry/layouts.h"

#include "image/reference.h"
#include "image/v1name.h"
#include "store/description.h"
#include "store/repository.h"

/* "busybox" is "library/busybox" in API v1, and in the index under that name alone: the
 * privacy and the description of one are those of the other. */
enum result
layouts_find_v1(const struct task *t, struct str name, struct store_v1repo *out)
{
	struct v1name parsed;
	enum result r;

	*out = (struct store_v1repo){.st = NULL};
	r = v1name_parse(t->arena, name, &parsed, t->err);
	if (r == RC_BAD_NAME)
		return RC_OK;
	return r == RC_OK ? store_v1repo_find(
				t->reg->store, t->arena, &parsed, out, t->err)
			  : r;
}

static bool
is_v2_name(struct str name)
{
	struct err ignored;

	return reference_check_repository(name, &ignored) == RC_OK;
}

enum result
layouts_find(const struct task *t, const char *name, struct index_repository *out)
{
	struct store_v1repo repo;
	enum result r;

	*out = (struct index_repository){.name = str_of(name)};
	r = layouts_find_v1(t, out->name, &repo);
	out->v1 = r == RC_OK && store_v1repo_exists(&repo) &&
		  str_has(out->name, '/');
	if (r == RC_OK && store_v1repo_exists(&repo))
		r = store_v1repo_is_private(&repo, &out->hidden, t->err);
	if (r == RC_OK && is_v2_name(out->name))
		r = store_repository_has_manifest(
		    t->reg->store, t->arena, name, &out->v2, t->err);
	return r;
}

static uint64_t
said_stamp(const struct task *t, struct str name)
{
	struct v1name parsed;
	struct err ignored;

	if (v1name_parse(t->arena, name, &parsed, &ignored) != RC_OK)
		return 0;
	return store_description_version(t->reg->store, t->arena, &parsed) << 2;
}

uint64_t
layouts_version(const struct task *t, const struct index_repository *repository)
{
	uint64_t v1 = 0, v2 = 0;
	struct store_v1repo repo;
	struct err ignored;

	if (repository->v1) {
		if (layouts_find_v1(task_quiet(t), repository->name, &repo) !=
		    RC_OK)
			return 0;
		v1 = store_v1repo_version(&repo);
	}
	if (repository->v2 && store_repository_version(t->reg->store, t->arena,
				  repository->name.p, &v2, &ignored) != RC_OK)
		return 0;
	return v1 ^ v2 << 1 ^ said_stamp(t, repository->name);
}
