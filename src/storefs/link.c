/* link.c: see link.h. */
#include "storefs/link.h"

#include "storefs/damage.h"
#include "storefs/io.h"
#include "storefs/layout.h"
#include "storefs/listing.h"

/* ---- one link ---- */

#define CURE "push the image again, or delete the tag"

static const char *
link_path(struct arena *a, const char *dir)
{
	return arena_printf(a, "%s/link", dir);
}

enum result
link_read(const struct store_repository *in, const char *dir, struct digest *out,
    struct err *err)
{
	const char *path = link_path(in->arena, dir);
	struct str text;
	enum result r = io_read(
	    in->store, in->arena, path, DIGEST_TEXT_MAX, &text, err);

	if (r == RC_OK)
		r = digest_parse(text, out, err);
	if (r == RC_OTHER_DIGEST) /* a tarsum, of distribution 2.0 */
		return RC_NOT_FOUND;
	if (r == RC_TOO_LARGE || r == RC_BAD_DIGEST)
		return damage_found(in->store, in->arena, path,
		    "it does not hold a digest", CURE, err);
	return r;
}

/* The link whose path names d. */
static enum result
read_link(const struct store_repository *in, const char *dir,
    const struct digest *d, struct digest *out, struct err *err)
{
	enum result r = link_read(in, dir, out, err);

	if (r == RC_OK && out->kind == d->kind && !digest_eq(out, d))
		return damage_found(in->store, in->arena, link_path(in->arena, dir),
		    "it holds another digest than its path", CURE, err);
	return r;
}

enum result
link_find(const struct store_repository *in, const char *dir,
    const struct digest *d, struct digest *out, struct err *err)
{
	enum result r;

	if (d == NULL)
		r = link_read(in, dir, out, err);
	else
		r = read_link(in, dir, d, out, err);
	if (r == RC_OK)
		r = durable_name(in->store, link_path(in->arena, dir), err);
	return r;
}

enum result
link_write(const struct store_repository *in, const char *dir,
    const struct digest *to, struct err *err)
{
	struct digest old;
	enum result r = link_find(in, dir, NULL, &old, err);

	if (r == RC_OK && digest_eq(&old, to))
		return RC_OK;
	if (r == RC_NOT_FOUND)
		r = io_mkdirs(in->store, dir, err);
	if (r == RC_OK)
		r = io_put(in->store, dir, "link",
		    str_of(digest_text(in->arena, to)), err);
	if (r == RC_OK)
		r = durable_made(in->store, link_path(in->arena, dir), err);
	return r;
}

enum result
link_remove(const struct store_repository *in, const char *dir, struct err *err)
{
	const char *path = link_path(in->arena, dir);
	struct stat sb;
	enum result there = io_stat_file(in->store, path, &sb, err), r = there;

	if (there == RC_OK)
		r = io_unlink(in->store, path, err);
	if (r == RC_OK || r == RC_NOT_FOUND)
		r = durable_absence(in->store, path, err);
	return r == RC_OK ? there : r;
}

/* ---- all links ---- */

struct links {
	struct store *st;
	struct arena *arena; /* cleared before each link */
	const char *dir;
	const char *algorithm;
	bool in_order;
	bool (*visit)(void *arg, const struct digest *d);
	void *arg;
	bool stopped;
	enum result result;
	struct err *err;
};

static bool
see_link(void *arg, const char *hex)
{
	struct links *l = arg;
	const struct store_repository in = {.store = l->st, .arena = l->arena};
	struct digest d, kept;
	struct err ignored;
	struct str text;
	enum result r;

	arena_clear(l->arena);
	text = str_of(arena_printf(l->arena, "%s:%s", l->algorithm, hex));
	if (digest_parse(text, &d, &ignored) != RC_OK)
		return true;
	r = read_link(&in, layout_below(l->arena, l->dir, &d), &d, &kept, l->err);
	if (r == RC_OK)
		l->stopped = !l->visit(l->arg, &d);
	else if (r != RC_NOT_FOUND)
		l->result = r;
	return l->result == RC_OK && !l->stopped;
}

static enum result
see_algorithm(struct links *l, const char *algorithm)
{
	struct arena *a = arena_new();
	const char *dir = arena_printf(a, "%s/%s", l->dir, algorithm);
	enum result r;

	l->algorithm = algorithm;
	if (l->in_order)
		r = listing_in_order(
		    l->st, (struct listing_from){dir}, see_link, l, l->err);
	else
		r = listing_each(l->st, dir, see_link, l, l->err);
	arena_free(a);
	return r == RC_OK ? l->result : r;
}

static enum result
see_all(struct links *l)
{
	enum result r;

	l->arena = arena_new();
	r = see_algorithm(l, "sha256");
	if (r == RC_OK && !l->stopped)
		r = see_algorithm(l, "sha512");
	arena_free(l->arena);
	return r;
}

enum result
link_each(struct store *st, const char *dir,
    bool (*visit)(void *arg, const struct digest *d), void *arg, struct err *err)
{
	struct links l = {.st = st,
	    .dir = dir,
	    .in_order = true,
	    .visit = visit,
	    .arg = arg,
	    .err = err};

	return see_all(&l);
}

static bool
see_any(void *arg, const struct digest *d)
{
	bool *any = arg;

	(void)d;
	*any = true;
	return false;
}

enum result
link_any(struct store *st, const char *dir, bool *any, struct err *err)
{
	struct links l = {
	    .st = st, .dir = dir, .visit = see_any, .arg = any, .err = err};

	*any = false;
	return see_all(&l);
}
