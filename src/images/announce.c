/* announce.c: see announce.h. The announced images are sorted, so that each list of a
 * repository is read once, however many images there are. */
#include "images/announce.h"

#include <stdlib.h>
#include <string.h>

#include "auth/auth.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/json_items.h"
#include "base/log.h"
#include "image/imagelist.h"
#include "registry/v1image.h"
#include "store/v1image.h"
#include "store/v1repo.h"
#include "store/v1tag.h"

struct image {
	const char *id;
	bool in_private; /* a private repository has it */
	bool
	    in_public; /* a public repository has it, or the one that announces it */
};

struct announcement {
	const struct task *task; /* its arena holds the ids */
	struct image *images;
	size_t n;
	const struct v1name *name;
	bool private;          /* is the repository that is read now? */
	struct arena *scratch; /* cleared for each repository */
	struct arena *below;   /* cleared for each tag */
	enum result r;
};

/* ---- what is announced, and is here ---- */

static bool
take_announced(void *arg, const struct json *item)
{
	struct announcement *c = arg;
	struct str text = json_text(json_get(item, "id"));
	struct store_v1image im;
	bool there;
	char id[V1NAME_IMAGE_ID_SIZE];

	if (!v1name_is_image_id(text))
		return true;
	memcpy(id, text.p, text.n);
	id[text.n] = '\0';
	im = v1image_of(c->task, id);
	c->r = store_v1image_exists(&im, &there, c->task->err);
	if (c->r == RC_OK && there)
		c->images[c->n++].id = arena_strdup(c->task->arena, id);
	return c->r == RC_OK;
}

static int
by_id(const void *pa, const void *pb)
{
	const struct image *a = pa, *b = pb;

	return strcmp(a->id, b->id);
}

static void
sort_images(struct announcement *c)
{
	size_t i, n = 0;

	if (c->n == 0)
		return;
	qsort(c->images, c->n, sizeof(*c->images), by_id);
	for (i = 1; i < c->n; i++)
		if (strcmp(c->images[n].id, c->images[i].id) != 0)
			c->images[++n] = c->images[i];
	c->n = n + 1;
}

static struct image *
find_image(const struct announcement *c, struct str text)
{
	struct image wanted;
	char id[V1NAME_IMAGE_ID_SIZE];

	if (c->n == 0 || text.n >= sizeof(id))
		return NULL;
	memcpy(id, text.p, text.n);
	id[text.n] = '\0';
	wanted.id = id;
	return bsearch(&wanted, c->images, c->n, sizeof(wanted), by_id);
}

/* ---- a repository that may have them ---- */

static void
mark_image(struct announcement *c, struct str id)
{
	struct image *image = find_image(c, id);

	if (image != NULL && c->private)
		image->in_private = true;
	else if (image != NULL)
		image->in_public = true;
}

static bool
mark_item(void *arg, const struct json *item)
{
	mark_image(arg, json_text(item));
	mark_image(arg, json_text(json_get(item, "id")));
	return true;
}

static void
mark_list(struct announcement *c, struct store_reader *list)
{
	struct json_items *items = json_items_new(
	    c->below, store_reader_read, list);
	struct arena *scratch = arena_new();
	struct json *item;
	const char *why;
	struct str text;

	while (json_items_next(items, &text, &why)) {
		arena_clear(scratch);
		if (!json_parse(scratch, text, &item, &why))
			break;
		(void)mark_item(c, item);
	}
	arena_free(scratch);
}

static bool
mark_below(void *arg, const char *tag, const char *id)
{
	struct announcement *c = arg;
	const struct store_v1image im = store_v1image_make(
	    c->task->reg->store, c->below, id);
	struct err ignored;
	struct str ancestry;
	const char *why;
	bool is_list;

	(void)tag;
	mark_image(c, str_of(id));
	arena_clear(c->below);
	if (store_v1image_ancestry(&im, &ancestry, &ignored) == RC_OK)
		(void)json_each(ancestry, mark_item, c, &is_list, &why);
	return true;
}

static enum result
mark_all(struct announcement *c, const struct store_v1repo *repo)
{
	struct store_v1repo below = *repo;
	struct store_reader *list;
	enum result r;

	below.arena = c->below;
	arena_clear(c->below);
	r = store_v1repo_open_images(&below, &list, c->task->err);
	if (r == RC_OK)
		mark_list(c, list);
	if (r == RC_OK || r == RC_NOT_FOUND)
		r = store_v1repo_open_granted(&below, &list, c->task->err);
	if (r == RC_OK)
		mark_list(c, list);
	if (r == RC_OK || r == RC_NOT_FOUND)
		r = store_v1tag_each(repo, mark_below, c, c->task->err);
	return r;
}

/* ---- all of them ---- */

/* Is there an image for which another repository could make a difference? */
static bool
is_open(const struct announcement *c)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (!c->images[i].in_public &&
		    (c->private || c->images[i].in_private))
			return true;
	return false;
}

static bool
visit_repository(void *arg, const char *full)
{
	struct announcement *c = arg;
	struct v1name name;
	struct store_v1repo repo;
	bool private = false;

	arena_clear(c->scratch);
	c->r = v1name_parse(c->scratch, str_of(full), &name, c->task->err);
	if (c->r == RC_OK && v1name_eq(&name, c->name))
		return true;
	if (c->r == RC_OK)
		c->r = store_v1repo_find(
		    c->task->reg->store, c->scratch, &name, &repo, c->task->err);
	if (c->r == RC_OK)
		c->r = store_v1repo_is_private(&repo, &private, c->task->err);
	if (c->r == RC_OK && private == c->private)
		c->r = mark_all(c, &repo);
	return c->r == RC_OK && is_open(c);
}

static enum result
walk_repositories(struct announcement *c, bool private)
{
	enum result r;

	c->private = private;
	if (!is_open(c))
		return RC_OK;
	r = store_v1repo_walk(
	    c->task->reg->store, visit_repository, c, c->task->err);
	return r == RC_OK ? c->r : r;
}

static enum result
look_at_own(struct announcement *c)
{
	struct store_v1repo repo;
	enum result r = store_v1repo_find(
	    c->task->reg->store, c->scratch, c->name, &repo, c->task->err);

	c->private = false;
	return r == RC_OK ? mark_all(c, &repo) : r;
}

static enum result
look_at_repositories(struct announcement *c)
{
	enum result r = RC_OK;

	c->scratch = arena_new();
	c->below = arena_new();
	if (c->n > 0)
		r = look_at_own(c);
	if (r == RC_OK)
		r = walk_repositories(c, true);
	if (r == RC_OK)
		r = walk_repositories(c, false);
	arena_free(c->below);
	arena_free(c->scratch);
	return r;
}

/* ---- what is left of the announcement ---- */

struct filtering {
	const struct announcement *announced;
	struct buf out;
	struct arena *scratch; /* of one item */
	size_t refused;
};

static bool
keep_item(void *arg, const struct json *item)
{
	struct filtering *l = arg;
	const struct image *image = find_image(
	    l->announced, json_text(json_get(item, "id")));
	struct str text;

	if (image != NULL && image->in_private && !image->in_public) {
		l->refused++;
		return true;
	}
	arena_clear(l->scratch);
	text = json_print(l->scratch, item);
	buf_adds(&l->out, l->out.n == 1 ? "" : ",");
	buf_add(&l->out, text.p, text.n);
	return true;
}

static struct str
without_refused(struct announcement *c, struct str announced)
{
	struct filtering l = {.announced = c, .scratch = arena_new()};
	const char *why;
	bool is_list;

	buf_init(&l.out, c->task->arena, 2 * IMAGELIST_BODY_MAX);
	buf_addc(&l.out, '[');
	(void)json_each(announced, keep_item, &l, &is_list, &why);
	buf_addc(&l.out, ']');
	arena_free(l.scratch);
	if (l.refused == 0)
		return announced;
	log_line(LOG_WARN, "push.claim", "repository=%s refused=%zu reason=private",
	    log_value(c->task->arena, v1name_full(c->task->arena, c->name)),
	    l.refused);
	return buf_str(&l.out);
}

enum result
announce_filter(const struct task *t, const struct v1name *name,
    struct str announced, struct str *out)
{
	struct announcement c = {.task = t, .name = name};
	const char *why;
	enum result r;
	bool is_list;

	*out = announced;
	if (t->reg->auth->mode != AUTH_OWN)
		return RC_OK;
	c.images = arena_alloc(
	    t->arena, (announced.n / IMAGELIST_ENTRY_MIN + 1) * sizeof(*c.images));
	if (!json_each(announced, take_announced, &c, &is_list, &why) || !is_list)
		return RC_OK; /* repository_announce() refuses it */
	sort_images(&c);
	r = c.r == RC_OK ? look_at_repositories(&c) : c.r;
	if (r == RC_OK)
		*out = without_refused(&c, announced);
	return r;
}
