/* repository.c: see repository.h. */
#include "store/repository.h"

#include <stdio.h>
#include <sys/stat.h>

#include "image/reference.h"
#include "storefs/fingerprint.h"
#include "storefs/io.h"
#include "storefs/layout.h"
#include "storefs/link.h"
#include "storefs/listing.h"

/* ---- is it there? ---- */

enum result
store_repository_has_manifest(const struct store *st, struct arena *a,
    const char *name, bool *has, struct err *err)
{
	return link_any(st, layout_revisions(a, name), has, err);
}

enum result
store_repository_exists(const struct store *st, struct arena *a, const char *name,
    bool *there, struct err *err)
{
	enum result r = store_repository_has_manifest(st, a, name, there, err);

	if (r == RC_OK && !*there)
		r = link_any(st, layout_layers(a, name), there, err);
	return r;
}

/* ---- has it changed? ---- */

struct stamping {
	const struct store *st;
	struct arena *arena; /* cleared a file */
	const char *dir, *file;
	uint64_t stamp;
};

static bool
stamp_one(void *arg, const char *entry)
{
	struct stamping *s = arg;

	arena_clear(s->arena);
	s->stamp += fingerprint_of(
	    s->st, arena_printf(s->arena, "%s/%s/%s", s->dir, entry, s->file));
	return true;
}

/* Of dir/<any>/file. */
static enum result
stamp_all(struct stamping *s, const char *dir, const char *file, struct err *err)
{
	s->dir = dir;
	s->file = file;
	return listing_each(s->st, dir, stamp_one, s, err);
}

/* Distribution 2.8 writes a moved tag's link in place: its directory stays as it is. */
enum result
store_repository_version(const struct store *st, struct arena *a, const char *name,
    uint64_t *out, struct err *err)
{
	struct stamping s = {.st = st, .arena = arena_new()};
	const char *revisions = layout_revisions(a, name);
	enum result r;

	r = stamp_all(&s, layout_tags(a, name), "current/link", err);
	if (r == RC_OK)
		r = stamp_all(
		    &s, arena_printf(a, "%s/sha256", revisions), "link", err);
	if (r == RC_OK)
		r = stamp_all(
		    &s, arena_printf(a, "%s/sha512", revisions), "link", err);
	arena_free(s.arena);
	*out = s.stamp == 0 ? 1 : s.stamp;
	return r;
}

/* ---- all of them ---- */

struct walk {
	const struct store *st;
	struct arena *arena; /* cleared a look */
	bool (*visit)(void *arg, const char *name);
	void *arg;
	bool stopped;
	enum result result;
	struct err *err;
};

/* A directory on the walk's way. */
struct level {
	struct walk *walk;
	const struct level *above; /* NULL: the topmost */
	dev_t dev;
	ino_t ino;
	char path[sizeof(LAYOUT_REPOSITORIES) + REFERENCE_REPOSITORY_MAX + 1];
};

static bool
holds_manifests(struct walk *w, const char *path)
{
	struct stat sb;
	enum result r;

	arena_clear(w->arena);
	r = io_stat(
	    w->st, arena_printf(w->arena, "%s/_manifests", path), &sb, w->err);
	if (r != RC_OK && r != RC_NOT_FOUND)
		w->result = r;
	return r == RC_OK && S_ISDIR(sb.st_mode);
}

/* A link can lead back to a directory that the walk came through. */
static bool
is_circle(const struct level *here)
{
	const struct level *l;

	for (l = here->above; l != NULL; l = l->above)
		if (l->dev == here->dev && l->ino == here->ino)
			return true;
	return false;
}

static bool see_part(void *arg, const char *part);

/* False: it is not a directory, or one that the walk is in. */
static bool
enter(struct level *l)
{
	struct walk *w = l->walk;
	struct stat sb;
	enum result r = io_stat(w->st, l->path, &sb, w->err);

	if (r != RC_OK && r != RC_NOT_FOUND)
		w->result = r;
	if (r != RC_OK || !S_ISDIR(sb.st_mode))
		return false;
	l->dev = sb.st_dev;
	l->ino = sb.st_ino;
	return !is_circle(l);
}

static void
walk_below(struct level *l)
{
	struct walk *w = l->walk;
	enum result r = listing_in_order(
	    w->st, (struct listing_from){l->path}, see_part, l, w->err);

	if (r != RC_OK)
		w->result = r;
}

/* What begins like no name cannot go on as one. */
static bool
see_part(void *arg, const char *part)
{
	const struct level *above = arg;
	struct walk *w = above->walk;
	struct level here = {.walk = w, .above = above};
	const char *name = here.path + sizeof(LAYOUT_REPOSITORIES);
	struct err ignored;
	int n = snprintf(here.path, sizeof(here.path), "%s/%s", above->path, part);

	if ((size_t)n >= sizeof(here.path) ||
	    reference_check_repository(str_of(name), &ignored) != RC_OK)
		return true;
	if (!enter(&here))
		return w->result == RC_OK;
	if (holds_manifests(w, here.path))
		w->stopped = !w->visit(w->arg, name);
	if (w->result == RC_OK && !w->stopped)
		walk_below(&here);
	return w->result == RC_OK && !w->stopped;
}

enum result
store_repository_walk(const struct store *st,
    bool (*visit)(void *arg, const char *name), void *arg, struct err *err)
{
	struct walk w = {
	    .st = st, .arena = arena_new(), .visit = visit, .arg = arg, .err = err};
	struct level top = {.walk = &w, .path = LAYOUT_REPOSITORIES};

	if (enter(&top))
		walk_below(&top);
	arena_free(w.arena);
	return w.result;
}
