/* repository.c: see store/repository.h.
 *
 * A repository is a directory, and "a/b" lies in that of "a". Parts that begin with "_" are
 * never names; a directory with `_manifests` is taken for a repository. A deletion leaves
 * empty directories, so whether a repository exists depends on its links. */
#include "store/repository.h"

#include <stdint.h>
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
store_repository_has_manifest(
    const struct store_repository *in, bool *has, struct err *err)
{
	return link_any(in->store, layout_revisions(in->arena, in->name), has, err);
}

enum result
store_repository_exists(
    const struct store_repository *in, bool *there, struct err *err)
{
	enum result r = store_repository_has_manifest(in, there, err);

	if (r == RC_OK && !*there)
		r = link_any(
		    in->store, layout_layers(in->arena, in->name), there, err);
	return r;
}

/* ---- has it changed? ---- */

struct version {
	const struct store *st;
	struct arena *arena; /* cleared before each file */
	const char *dir, *file;
	uint64_t sum;
};

static bool
add_one(void *arg, const char *entry)
{
	struct version *v = arg;

	arena_clear(v->arena);
	v->sum += fingerprint_of(
	    v->st, arena_printf(v->arena, "%s/%s/%s", v->dir, entry, v->file));
	return true;
}

/* The files dir/<any>/file. */
static enum result
add_all(struct version *v, const char *dir, const char *file, struct err *err)
{
	v->dir = dir;
	v->file = file;
	return listing_each(v->st, dir, add_one, v, err);
}

/* Distribution 2.8 writes the link of a moved tag in place, and the directory stays as it
 * is: so the files count, by their names, inodes, lengths and times. */
enum result
store_repository_version(
    const struct store_repository *in, struct str *out, struct err *err)
{
	struct version v = {.st = in->store, .arena = arena_new()};
	const char *revisions = layout_revisions(in->arena, in->name);
	enum result r;

	r = add_all(&v, layout_tags(in->arena, in->name), "current/link", err);
	if (r == RC_OK)
		r = add_all(&v, arena_printf(in->arena, "%s/sha256", revisions),
		    "link", err);
	if (r == RC_OK)
		r = add_all(&v, arena_printf(in->arena, "%s/sha512", revisions),
		    "link", err);
	arena_free(v.arena);
	*out = fingerprint_text(in->arena, v.sum);
	return r;
}

/* ---- all of them ---- */

struct walk {
	const struct store *st;
	struct arena *arena; /* cleared before each look */
	bool (*visit)(void *arg, const char *name);
	void *arg;
	bool stopped;
	enum result result;
	struct err *err;
};

/* A directory that the walk is in. */
struct level {
	struct walk *walk;
	const struct level *above; /* NULL: this is the topmost */
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

/* A symbolic link can lead back to a directory that the walk is in. */
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
enter_directory(struct level *l)
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

/* If the path so far is not a name, no longer one is. */
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
	if (!enter_directory(&here))
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

	if (enter_directory(&top))
		walk_below(&top);
	arena_free(w.arena);
	return w.result;
}
