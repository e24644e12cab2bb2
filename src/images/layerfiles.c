/* layerfiles.c: see layerfiles.h. */
#include "images/layerfiles.h"

#include <string.h>

#include "base/json.h"
#include "base/json_items.h"
#include "image/v1name.h"
#include "layer/file_list.h"
#include "registry/capacity.h"
#include "registry/v1image.h"
#include "registry/worklimit.h"
#include "store/content.h"
#include "store/derived.h"
#include "store/guard.h"
#include "store/v1image.h"

/* ---- what is kept ---- */

#define END ((size_t)64) /* bytes of a file that are looked at */

/* Old servers that died while they wrote left a part of the text, or zeros. Only both
 * ends of it are checked: it is not read for each request. */
static bool
looks_whole(const struct store_reader *reader, enum store_derived which)
{
	uint64_t size = store_reader_size(reader),
		 tail = size > END ? size - END : 0;
	const char *end = which == STORE_DERIVED_FILES ? "]]" : "}}";
	char first[END], last[END];
	ssize_t n = store_reader_read_at(reader, first, END, 0);
	ssize_t k = store_reader_read_at(reader, last, END, tail);
	struct str head, text;

	if (n <= 0 || k <= 0)
		return false;
	head = str_trim(str_make(first, (size_t)n));
	text = str_trim(str_make(last, (size_t)k));
	if (which == STORE_DERIVED_FILES && size <= END && str_is(text, "[]"))
		return true;
	return head.n > 0 &&
	       head.p[0] == (which == STORE_DERIVED_FILES ? '[' : '{') &&
	       text.n > 2 && memcmp(text.p + text.n - 2, end, 2) == 0;
}

/* RC_NOT_FOUND: it has to be computed. */
static enum result
find_kept(const struct task *t, const char *id, enum store_derived which,
    const struct content **out)
{
	const struct store_v1image im = v1image_of(t, id);
	struct arena *scratch = arena_new();
	const struct store_v1image look = v1image_of(
	    task_with_arena(t, scratch), id);
	struct store_reader *reader;
	enum result r = store_derived_open(&look, which, &reader, t->err);

	if (r == RC_OK && !looks_whole(reader, which))
		r = err_set(t->err, RC_NOT_FOUND,
		    "the file that is kept for %s is damaged", id);
	if (r == RC_OK)
		r = store_derived_find(&im, which, out, t->err);
	arena_free(scratch);
	return r;
}

typedef enum result compute_fn(
    const struct task *t, const char *id, const struct guard *held);

/* One request computes; the others wait for it and find the result. */
static enum result
find_or_compute(const struct task *t, const char *id, enum store_derived which,
    compute_fn *compute, const struct content **out)
{
	const struct store_v1image im = v1image_of(t, id);
	struct guard held = {0};
	enum result r = find_kept(t, id, which, out);

	if (r != RC_NOT_FOUND)
		return r;
	r = store_derived_guard(&im, which, &held, t->err);
	if (r == RC_OK)
		r = find_kept(t, id, which, out);
	if (r == RC_NOT_FOUND) {
		r = compute(t, id, &held);
		if (r == RC_OK)
			r = store_derived_find(&im, which, out, t->err);
	}
	guard_release(&held);
	return r == RC_NOT_FOUND ? RC_IMAGE_UNKNOWN
				 : r; /* the image was removed meanwhile */
}

/* For an image that is here. RC_NOT_FOUND: the result is not stored; `memory` bytes are reserved
 * now, and the caller computes it. */
static enum result
find_or_enter(const struct task *t, const char *id, enum store_derived which,
    size_t memory, const struct content **out)
{
	enum result r = v1image_check(t, id);

	if (r == RC_OK)
		r = find_kept(t, id, which, out);
	if (r != RC_NOT_FOUND)
		return r;
	r = worklimit_enter(t, memory);
	if (r == RC_OK)
		r = capacity_check(t, 0);
	return r == RC_OK ? RC_NOT_FOUND : r;
}

/* ---- what a layer holds ---- */

struct listing {
	struct store *store;
	struct store_reader *reader; /* of the layer */
};

static enum result
make_list(void *arg, struct sink sink, struct err *err)
{
	const struct listing *l = arg;
	const struct source layer = {
	    store_reader_read, l->reader, store_reader_size(l->reader)};
	struct guard walk = {0};
	enum result r = guard_take_walk(l->store, &walk, err);

	if (r == RC_OK)
		r = file_list_write(&layer, sink, err);
	guard_release(&walk);
	return r;
}

static enum result
compute_list(const struct task *t, const char *id, const struct guard *held)
{
	const struct store_v1image im = v1image_of(t, id);
	struct listing l = {.store = t->reg->store};
	const struct store_derived_maker maker = {make_list, &l};
	const struct content *layer;
	enum result r = store_v1image_layer(&im, &layer, t->err);

	if (r == RC_OK)
		r = store_content_open(
		    t->reg->store, t->arena, layer, &l.reader, t->err);
	if (r == RC_OK)
		r = store_derived_put(
		    &im, held, STORE_DERIVED_FILES, &maker, t->err);
	return r;
}

enum result
layerfiles_list(const struct task *t, const char *id, const struct content **out)
{
	enum result r = find_or_enter(t, id, STORE_DERIVED_FILES, TAR_MEMORY, out);

	return r == RC_NOT_FOUND
		   ? find_or_compute(t, id, STORE_DERIVED_FILES, compute_list, out)
		   : r;
}

/* ---- what it changes ---- */

struct diffing {
	struct arena *arena;
	struct file_diff *diff;   /* NULL: before its own list */
	struct store_reader *own; /* of that list */
};

static enum result
add_kept(const struct task *t, const char *id, struct diffing *d)
{
	struct store_v1image im = v1image_of(t, id);
	struct store_reader *list;
	enum result r;

	if (d->diff == NULL)
		im.arena = d->arena;
	r = store_derived_open(&im, STORE_DERIVED_FILES, &list, t->err);

	if (r == RC_OK && d->diff != NULL)
		return file_diff_below(d->diff,
		    json_items_new(t->arena, store_reader_read, list), t->err);
	if (r == RC_OK)
		r = file_diff_new(d->arena,
		    json_items_new(t->arena, store_reader_read, list), &d->diff,
		    t->err);
	if (r == RC_OK)
		d->own = list;
	return r;
}

static enum result
compute_again(const struct task *t, const char *id)
{
	const struct store_v1image im = v1image_of(t, id);
	struct guard held = {0};
	enum result r = store_derived_guard(
	    &im, STORE_DERIVED_FILES, &held, t->err);

	if (r == RC_OK)
		r = compute_list(t, id, &held);
	guard_release(&held);
	return r;
}

/* Damage inside a list is noticed here; the checks before look at its ends only. */
static enum result
add_list(const struct task *t, const char *id, struct diffing *d)
{
	struct arena *scratch = arena_new();
	const struct content *file;
	enum result r = v1image_check(t, id);

	if (r == RC_OK)
		r = find_or_compute(task_with_arena(t, scratch), id,
		    STORE_DERIVED_FILES, compute_list, &file);
	if (r == RC_OK)
		r = add_kept(task_with_arena(t, scratch), id, d);
	if (r == RC_BAD_DATA) {
		r = compute_again(task_with_arena(t, scratch), id);
		if (r == RC_OK)
			r = add_kept(task_with_arena(t, scratch), id, d);
	}
	arena_free(scratch);
	return r;
}

/* One ancestor after another, the nearest first, until the difference is complete. */
static enum result
add_ancestors(const struct task *t, const struct json *ancestry, struct diffing *d)
{
	enum result r = RC_OK;
	size_t i, n = json_length(ancestry);

	for (i = 1; r == RC_OK && i < n && file_diff_is_open(d->diff); i++) {
		struct str id = json_text(json_at(ancestry, i));

		if (!v1name_is_image_id(id))
			return err_set(t->err, RC_BAD_LAYER,
			    "the ancestry of the image must be a list of ids");
		r = add_list(t, str_dup(d->arena, id), d);
	}
	return r;
}

static enum result
take_ancestors(const struct task *t, const char *id, struct diffing *d)
{
	struct json *ancestry;
	struct str text;
	const char *why;
	const struct store_v1image im = v1image_of(
	    task_with_arena(t, d->arena), id);
	enum result r = store_v1image_ancestry(&im, &text, t->err);

	if (r == RC_OK && !json_parse(d->arena, text, &ancestry, &why))
		r = err_set(t->err, RC_BAD_LAYER, "ancestry of %s: %s", id, why);
	if (r == RC_OK)
		r = add_ancestors(t, ancestry, d);
	if (r == RC_IMAGE_UNKNOWN || r == RC_IMAGE_UNFINISHED)
		r = RC_BAD_LAYER; /* an ancestor: no fault of the request's */
	return r;
}

static struct json_items *
own_list(void *arg, struct arena *a)
{
	struct store_reader *own = arg;

	store_reader_rewind(own);
	return json_items_new(a, store_reader_read, own);
}

static enum result
make_diff(void *arg, struct sink sink, struct err *err)
{
	const struct diffing *d = arg;

	return file_diff_write(d->diff, own_list, d->own, sink, err);
}

static enum result
compute_diff(const struct task *t, const char *id, const struct guard *held)
{
	const struct store_v1image im = v1image_of(t, id);
	struct diffing d = {.arena = t->arena};
	const struct store_derived_maker maker = {make_diff, &d};
	enum result r = add_list(t, id, &d);

	if (r == RC_OK)
		r = take_ancestors(t, id, &d);
	if (r == RC_OK)
		r = store_derived_put(
		    &im, held, STORE_DERIVED_DIFF, &maker, t->err);
	return r;
}

/* The size of the layer's own list, which is computed first, with memory reserved for it alone:
 * the size determines how much memory the difference takes. */
static enum result
size_of_own_list(const struct task *t, const char *id, uint64_t *out)
{
	struct arena *scratch = arena_new();
	const struct content *list;
	enum result r = layerfiles_list(task_with_arena(t, scratch), id, &list);

	if (r == RC_OK)
		*out = store_content_size(list);
	arena_free(scratch);
	return r;
}

enum result
layerfiles_diff(const struct task *t, const char *id, const struct content **out)
{
	uint64_t size;
	enum result r = v1image_check(t, id);

	if (r == RC_OK)
		r = find_kept(t, id, STORE_DERIVED_DIFF, out);
	if (r != RC_NOT_FOUND)
		return r;
	r = size_of_own_list(t, id, &size);
	if (r == RC_OK)
		r = find_or_enter(t, id, STORE_DERIVED_DIFF,
		    TAR_MEMORY + FILE_DIFF_MEMORY(size), out);
	return r == RC_NOT_FOUND
		   ? find_or_compute(t, id, STORE_DERIVED_DIFF, compute_diff, out)
		   : r;
}
