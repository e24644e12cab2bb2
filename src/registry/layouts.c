/* layouts.c: see layouts.h. */
#include "registry/layouts.h"

#include "image/reference.h"
#include "image/v1chain.h"
#include "image/v1name.h"
#include "registry/shared_tags.h"
#include "store/description.h"
#include "store/repository.h"

/* ---- which lists show it ---- */

static bool
note_tag(void *arg, const struct task *t, const char *tag, const char *id)
{
	bool *found = arg;

	(void)t;
	(void)tag;
	(void)id;
	*found = true;
	return false;
}

/* The search shows a repository under the name that API v1 has for it, the catalog under that of
 * API v2. `own`: what API v1 means by the name. */
static enum result
choose_lists(
    const struct task *t, const struct store_v1repo *own, struct layouts_found *out)
{
	bool there = store_v1repo_exists(own), in_v1 = str_has(out->row.name, '/');
	bool shared = false;
	enum result r = RC_OK;

	if (there)
		r = store_v1repo_is_private(own, &out->private, t->err);
	if (r == RC_OK && !out->v2)
		r = shared_tags_each(t, &out->pair, note_tag, &shared);
	out->v1 = there && (in_v1 || shared || out->v2);
	out->row.in_search = !out->private && (there ? in_v1 : out->v2);
	out->row.in_catalog = !out->private && (out->v2 || shared);
	return r;
}

enum result
layouts_find(const struct task *t, const char *name, struct layouts_found *out)
{
	const struct store_repository in = task_repository(t, name);
	struct store_v1repo own;
	enum result r;

	*out = (struct layouts_found){.row = {.name = str_of(name)}};
	r = pair_find_v1(t, out->row.name, &own);
	if (r == RC_OK && reference_is_repository(out->row.name)) {
		r = store_repository_has_manifest(&in, &out->v2, t->err);
		if (r == RC_OK)
			r = pair_of_v2(t, name, &out->pair);
	}
	return r == RC_OK ? choose_lists(t, &own, out) : r;
}

/* ---- versions ---- */

static enum result
version_of_v2(const struct task *t, const char *name, struct str *out)
{
	const struct store_repository in = task_repository(t, name);
	bool there;
	enum result r = store_repository_has_manifest(&in, &there, t->err);

	*out = str_of("-");
	return r == RC_OK && there ? store_repository_version(&in, out, t->err) : r;
}

/* What API v1 has of manifests depends on it. */
static const char *
platform_of(const struct task *t)
{
	const struct v1chain_platform *platform = t->reg->platform;

	return platform == NULL ? "-"
				: arena_printf(t->arena, "%s/%s", platform->os,
				      platform->architecture);
}

/* The versions of its parts, in one text. The description of "library/foo" may be that of a
 * manifest of "foo". */
struct str
layouts_version(const struct task *t, const struct layouts_found *found)
{
	const struct task *quiet = task_quiet(t);
	const struct str name = found->row.name;
	const char *key = reference_key(name.p);
	struct str v1 = str_of("-"), v2 = v1, other = v1, description = v1;
	struct store_v1repo own;
	struct v1name parsed;
	struct err ignored;
	enum result r = pair_find_v1(quiet, name, &own);

	if (r == RC_OK && store_v1repo_exists(&own))
		v1 = store_v1repo_version(&own);
	if (r == RC_OK && reference_is_repository(name))
		r = version_of_v2(quiet, name.p, &v2);
	if (r == RC_OK && key != name.p && reference_is_repository(str_of(key)))
		r = version_of_v2(quiet, key, &other);
	if (r != RC_OK)
		return str_of("");
	if (v1name_parse(t->arena, name, &parsed, &ignored) == RC_OK)
		description = store_description_version(
		    t->reg->store, t->arena, &parsed);
	return str_of(arena_printf(t->arena, "%.*s %.*s %.*s %.*s %s", STR_ARG(v1),
	    STR_ARG(v2), STR_ARG(other), STR_ARG(description), platform_of(t)));
}
