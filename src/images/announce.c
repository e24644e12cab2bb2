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
#include "bridge/to_v1.h"
#include "image/imagelist.h"
#include "registry/v1image.h"
#include "store/v1image.h"
#include "store/v1repo.h"
#include "store/v1tag.h"

struct image {
	const char *id;
	bool in_private; /* a private repository has it */
	/* a public repository has it, or the one that announces it */
	bool in_public;
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

/* Of an image of API v2 it is known at once which repositories have it. */
static enum result
look_for(struct announcement *ann, const char *id)
{
	const struct task *t = task_with_arena(ann->task, ann->scratch);
	const struct store_v1image im = v1image_of(t, id);
	struct to_v1_owners owners;
	bool there;
	enum result r = store_v1image_exists(&im, &there, t->err);

	if (r == RC_OK)
		r = to_v1_owners(t, ann->name, id, &owners);
	if (r == RC_OK && (there || owners.private || owners.public))
		ann->images[ann->n++] = (struct image){
		    arena_strdup(ann->task->arena, id), owners.private,
		    owners.public};
	return r;
}

static bool
take_announced(void *arg, const struct json *item)
{
	struct announcement *ann = arg;
	struct str text = json_text(json_get(item, "id"));

	if (!v1name_is_image_id(text))
		return true;
	arena_clear(ann->scratch);
	ann->r = look_for(ann, str_dup(ann->scratch, text));
	return ann->r == RC_OK;
}

static int
by_id(const void *pa, const void *pb)
{
	const struct image *a = pa, *b = pb;

	return strcmp(a->id, b->id);
}

static void
sort_images(struct announcement *ann)
{
	size_t i, n = 0;

	if (ann->n == 0)
		return;
	qsort(ann->images, ann->n, sizeof(*ann->images), by_id);
	for (i = 1; i < ann->n; i++)
		if (strcmp(ann->images[n].id, ann->images[i].id) != 0)
			ann->images[++n] = ann->images[i];
	ann->n = n + 1;
}

static struct image *
find_image(const struct announcement *ann, struct str text)
{
	struct image wanted;
	char id[V1NAME_IMAGE_ID_SIZE];

	if (ann->n == 0 || text.n >= sizeof(id))
		return NULL;
	memcpy(id, text.p, text.n);
	id[text.n] = '\0';
	wanted.id = id;
	return bsearch(&wanted, ann->images, ann->n, sizeof(wanted), by_id);
}

/* ---- a repository that may have them ---- */

static void
mark_image(struct announcement *ann, struct str id)
{
	struct image *image = find_image(ann, id);

	if (image != NULL && ann->private)
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
mark_list(struct announcement *ann, struct store_reader *list)
{
	struct json_items *items = json_items_new(
	    ann->below, store_reader_read, list);
	struct arena *scratch = arena_new();
	struct json *item;
	const char *why;
	struct str text;

	while (json_items_next(items, &text, &why)) {
		arena_clear(scratch);
		if (!json_parse(scratch, text, &item, &why))
			break;
		(void)mark_item(ann, item);
	}
	arena_free(scratch);
}

static bool
mark_below(void *arg, const char *tag, const char *id)
{
	struct announcement *ann = arg;
	const struct store_v1image im = store_v1image_make(
	    ann->task->reg->store, ann->below, id);
	struct err ignored;
	struct str ancestry;
	const char *why;
	bool is_list;

	(void)tag;
	mark_image(ann, str_of(id));
	arena_clear(ann->below);
	if (store_v1image_ancestry(&im, &ancestry, &ignored) == RC_OK)
		(void)json_each(ancestry, mark_item, ann, &is_list, &why);
	return true;
}

static enum result
mark_all(struct announcement *ann, const struct store_v1repo *repo)
{
	struct store_v1repo below = *repo;
	struct store_reader *list;
	enum result r;

	below.arena = ann->below;
	arena_clear(ann->below);
	r = store_v1repo_open_images(&below, &list, ann->task->err);
	if (r == RC_OK)
		mark_list(ann, list);
	if (r == RC_OK || r == RC_NOT_FOUND)
		r = store_v1repo_open_granted(&below, &list, ann->task->err);
	if (r == RC_OK)
		mark_list(ann, list);
	if (r == RC_OK || r == RC_NOT_FOUND)
		r = store_v1tag_each(repo, mark_below, ann, ann->task->err);
	return r;
}

/* ---- all of them ---- */

/* Is there an image for which another repository could make a difference? */
static bool
is_open(const struct announcement *ann)
{
	size_t i;

	for (i = 0; i < ann->n; i++)
		if (!ann->images[i].in_public &&
		    (ann->private || ann->images[i].in_private))
			return true;
	return false;
}

static bool
visit_repository(void *arg, const char *full)
{
	struct announcement *ann = arg;
	struct v1name name;
	struct store_v1repo repo;
	bool private = false;

	arena_clear(ann->scratch);
	ann->r = v1name_parse(ann->scratch, str_of(full), &name, ann->task->err);
	if (ann->r == RC_OK && v1name_eq(&name, ann->name))
		return true;
	if (ann->r == RC_OK)
		ann->r = store_v1repo_find(ann->task->reg->store, ann->scratch,
		    &name, &repo, ann->task->err);
	if (ann->r == RC_OK)
		ann->r = store_v1repo_is_private(&repo, &private, ann->task->err);
	if (ann->r == RC_OK && private == ann->private)
		ann->r = mark_all(ann, &repo);
	return ann->r == RC_OK && is_open(ann);
}

static enum result
walk_repositories(struct announcement *ann, bool private)
{
	enum result r;

	ann->private = private;
	if (!is_open(ann))
		return RC_OK;
	r = store_v1repo_walk(
	    ann->task->reg->store, visit_repository, ann, ann->task->err);
	return r == RC_OK ? ann->r : r;
}

static enum result
look_at_own(struct announcement *ann)
{
	struct store_v1repo repo;
	enum result r = store_v1repo_find(
	    ann->task->reg->store, ann->scratch, ann->name, &repo, ann->task->err);

	ann->private = false;
	return r == RC_OK ? mark_all(ann, &repo) : r;
}

static enum result
look_at_repositories(struct announcement *ann)
{
	enum result r = RC_OK;

	ann->below = arena_new();
	if (ann->n > 0)
		r = look_at_own(ann);
	if (r == RC_OK)
		r = walk_repositories(ann, true);
	if (r == RC_OK)
		r = walk_repositories(ann, false);
	arena_free(ann->below);
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
without_refused(struct announcement *ann, struct str announced)
{
	struct filtering l = {.announced = ann, .scratch = arena_new()};
	const char *why;
	bool is_list;

	buf_init(&l.out, ann->task->arena, 2 * IMAGELIST_BODY_MAX);
	buf_addc(&l.out, '[');
	(void)json_each(announced, keep_item, &l, &is_list, &why);
	buf_addc(&l.out, ']');
	arena_free(l.scratch);
	if (l.refused == 0)
		return announced;
	log_line(LOG_WARN, "push.claim", "repository=%s refused=%zu reason=private",
	    log_value(ann->task->arena, v1name_full(ann->task->arena, ann->name)),
	    l.refused);
	return buf_str(&l.out);
}

enum result
announce_filter(const struct task *t, const struct v1name *name,
    struct str announced, struct str *out)
{
	struct announcement ann = {.task = t, .name = name};
	const char *why;
	enum result r = RC_OK;
	bool is_list;

	*out = announced;
	if (t->reg->auth->mode != AUTH_OWN)
		return RC_OK;
	ann.images = arena_alloc(t->arena,
	    (announced.n / IMAGELIST_ENTRY_MIN + 1) * sizeof(*ann.images));
	ann.scratch = arena_new();
	if (json_each(announced, take_announced, &ann, &is_list, &why) && is_list) {
		sort_images(&ann);
		r = ann.r == RC_OK ? look_at_repositories(&ann) : ann.r;
		if (r == RC_OK)
			*out = without_refused(&ann, announced);
	} /* else repository_announce() refuses it */
	arena_free(ann.scratch);
	return r;
}
