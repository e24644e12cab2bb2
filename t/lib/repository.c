/* repository.c: see repository.h. */
#include "lib/repository.h"

const struct store_repository *
repository(const char *name)
{
	struct store_repository *r = arena_alloc(arena, sizeof(*r));

	*r = (struct store_repository){store, arena, name};
	return r;
}

static struct guard
take_guard(const char *name)
{
	struct guard g = {0};

	if (guard_take(store, GUARD_REPOSITORY, name, &g, &err) != RC_OK)
		bail_out(err.text);
	return g;
}

enum result
held_manifest_put(const char *name, const struct store_manifest *m, struct str type)
{
	struct guard g = take_guard(name);
	enum result r = store_manifest_put(repository(name), &g, m, type, &err);

	guard_release(&g);
	return r;
}

enum result
held_manifest_remove(const char *name, const struct digest *d)
{
	struct guard g = take_guard(name);
	enum result r = store_manifest_remove(repository(name), &g, d, &err);

	guard_release(&g);
	return r;
}

enum result
held_tag_put(const char *name, const char *tag, const struct digest *to)
{
	struct guard g = take_guard(name);
	enum result r = store_tag_put(repository(name), &g, tag, to, &err);

	guard_release(&g);
	return r;
}

enum result
held_tag_remove(const char *name, const char *tag)
{
	struct guard g = take_guard(name);
	enum result r = store_tag_remove(repository(name), &g, tag, &err);

	guard_release(&g);
	return r;
}

enum result
held_blob_unlink(const char *name, const struct digest *d)
{
	struct guard g = take_guard(name);
	enum result r = store_blob_unlink(repository(name), &g, d, &err);

	guard_release(&g);
	return r;
}
