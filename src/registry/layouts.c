/* layouts.c: see layouts.h. */
#include "registry/layouts.h"

#include "image/reference.h"
#include "image/v1name.h"
#include "store/description.h"
#include "store/repository.h"

/* "busybox" is "library/busybox" in API v1. So if "busybox" is a repository of API v2, it has
 * the privacy and the description of "library/busybox". */
enum result
layouts_find_v1(const struct task *t, struct str name, struct store_v1repo *out)
{
	struct v1name parsed;
	enum result r;

	*out = (struct store_v1repo){.st = NULL};
	r = v1name_parse(t->arena, name, &parsed, t->err);
	if (r == RC_BAD_NAME)
		return RC_OK;
	if (r == RC_OK)
		r = store_v1repo_find(
		    t->reg->store, t->arena, &parsed, out, t->err);
	return r;
}

static bool
is_v2_name(struct str name)
{
	struct err ignored;

	return reference_check_repository(name, &ignored) == RC_OK;
}

enum result
layouts_find(const struct task *t, const char *name, struct layouts_found *out)
{
	const struct store_repository in = task_repository(t, name);
	struct str full = str_of(name);
	struct store_v1repo repo;
	enum result r;

	*out = (struct layouts_found){.row = {.name = full}};
	r = layouts_find_v1(t, full, &repo);
	out->v1 = r == RC_OK && store_v1repo_exists(&repo) && str_has(full, '/');
	if (r == RC_OK && store_v1repo_exists(&repo))
		r = store_v1repo_is_private(&repo, &out->private, t->err);
	if (r == RC_OK && is_v2_name(full))
		r = store_repository_has_manifest(&in, &out->v2, t->err);
	out->row.in_search = !out->private;
	out->row.in_catalog = out->v2 && !out->private;
	return r;
}

/* The versions of its parts, in one text. */
struct str
layouts_version(const struct task *t, const struct layouts_found *found)
{
	const struct str name = found->row.name;
	const struct store_repository in = task_repository(t, name.p);
	struct str v1 = str_of("-"), v2 = v1, description = v1;
	struct store_v1repo repo;
	struct v1name parsed;
	struct err ignored;
	enum result r = RC_OK;

	if (found->v1) {
		r = layouts_find_v1(task_quiet(t), name, &repo);
		if (r == RC_OK)
			v1 = store_v1repo_version(&repo);
	}
	if (r == RC_OK && found->v2)
		r = store_repository_version(&in, &v2, &ignored);
	if (r != RC_OK)
		return str_of("");
	if (v1name_parse(t->arena, name, &parsed, &ignored) == RC_OK)
		description = store_description_version(
		    t->reg->store, t->arena, &parsed);
	return str_of(arena_printf(t->arena, "%.*s %.*s %.*s", STR_ARG(v1),
	    STR_ARG(v2), STR_ARG(description)));
}
