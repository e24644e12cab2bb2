/* layouts.c: see layouts.h. */
#include "registry/layouts.h"

#include "image/reference.h"
#include "image/v1name.h"
#include "store/description.h"
#include "store/repository.h"

/* "busybox" is "library/busybox" there, in the index under that name alone: who hides or
 * describes the one hides or describes the other. */
enum result
layouts_find_v1(struct registry *reg, struct arena *a, struct str name,
    struct store_v1repo *out, struct err *err)
{
	struct v1name parsed;
	enum result r;

	*out = (struct store_v1repo){NULL, false};
	r = v1name_parse(a, name, &parsed, err);
	if (r == RC_BAD_NAME)
		return RC_OK;
	return r == RC_OK ? store_v1repo_find(reg->store, a, &parsed, out, err) : r;
}

static bool
is_v2_name(struct str name)
{
	struct err ignored;

	return reference_check_repository(name, &ignored) == RC_OK;
}

enum result
layouts_find(struct registry *reg, struct arena *a, const char *name,
    struct index_repository *out, struct err *err)
{
	struct store_v1repo repo;
	enum result r;

	*out = (struct index_repository){.name = str_of(name)};
	r = layouts_find_v1(reg, a, out->name, &repo, err);
	out->v1 = r == RC_OK && repo.there && str_has(out->name, '/');
	if (r == RC_OK && repo.there)
		r = store_v1repo_is_private(
		    reg->store, a, &repo, &out->hidden, err);
	if (r == RC_OK && is_v2_name(out->name))
		r = store_repository_has_manifest(
		    reg->store, a, name, &out->v2, err);
	return r;
}

static uint64_t
said_stamp(struct registry *reg, struct arena *a, struct str name)
{
	struct v1name parsed;
	struct err ignored;

	if (v1name_parse(a, name, &parsed, &ignored) != RC_OK)
		return 0;
	return store_description_version(reg->store, a, &parsed) << 2;
}

uint64_t
layouts_version(struct registry *reg, struct arena *a,
    const struct index_repository *repository)
{
	uint64_t v1 = 0, v2 = 0;
	struct store_v1repo repo;
	struct err ignored;

	if (repository->v1) {
		if (layouts_find_v1(reg, a, repository->name, &repo, &ignored) !=
		    RC_OK)
			return 0;
		v1 = store_v1repo_version(reg->store, a, &repo);
	}
	if (repository->v2 && store_repository_version(reg->store, a,
				  repository->name.p, &v2, &ignored) != RC_OK)
		return 0;
	return v1 ^ v2 << 1 ^ said_stamp(reg, a, repository->name);
}
