/* v1files_export.c: v1files_export() and v1files_export_saved() of v1files.h. Images are read
 * through the verbs of API v1, so one that has only a form in API v1 is exported like any other. */
#include "port/v1files.h"

#include "base/json.h"
#include "base/jsonw.h"
#include "image/imagelist.h"
#include "image/v1name.h"
#include "images/pull.h"
#include "images/tag.h"
#include "registry/v1image.h"

/* An image that is exported. */
struct leaving {
	const struct exporting *ex;
	struct v1name name;
	const char *id;
	struct str ancestry;
	struct json *ids; /* the image itself first */
};

static enum result
find_images(const struct exporting *ex, struct leaving *l)
{
	const struct task *t = ex->task;
	const char *why;
	enum result r;

	*l = (struct leaving){.ex = ex};
	if (ex->from->digest != NULL)
		return err_set(t->err, RC_TAG_UNKNOWN,
		    "an image of API v1 is exported by its tag, not by a digest");
	r = v1name_parse(t->arena, str_of(ex->from->repository), &l->name, t->err);
	if (r == RC_OK)
		r = tag_get(t, &l->name, ex->from->tag, &l->id);
	if (r == RC_OK)
		r = pull_ancestry(t, l->id, &l->ancestry);
	if (r == RC_OK && !json_parse(t->arena, l->ancestry, &l->ids, &why))
		r = err_set(t->err, RC_IO, "the ancestry of %s: %s", l->id, why);
	return r;
}

static enum result
find_layer(const struct task *t, const char *id, const struct content **out)
{
	struct pull_layer layer;
	enum result r = pull_layer(t, ACCESS_PUBLIC, id, &layer);

	if (r == RC_OK && layer.content == NULL)
		r = err_set(t->err, RC_IMAGE_UNKNOWN,
		    "the layer of %s is not here yet", id);
	*out = layer.content;
	return r;
}

/* Calls `make` for each image. Its task has an arena of its own. */
typedef enum result write_image(
    const struct leaving *l, const struct task *t, const char *id, void *arg);

static enum result
each_image(const struct leaving *l, write_image *make, void *arg)
{
	struct arena *scratch = arena_new();
	enum result r = RC_OK;
	size_t i;

	for (i = 0; r == RC_OK && i < json_length(l->ids); i++) {
		struct str id = json_text(json_at(l->ids, i));

		arena_clear(scratch);
		r = v1name_is_image_id(id)
			? make(l, task_with_arena(l->ex->task, scratch),
			      str_dup(scratch, id), arg)
			: err_set(l->ex->task->err, RC_IO,
			      "the ancestry of %s must hold ids", l->id);
	}
	arena_free(scratch);
	return r;
}

/* ---- as a directory of docker-registry ---- */

static enum result
write_checksum(
    const struct leaving *l, const struct task *t, const char *id, struct str sum)
{
	if (sum.n == 0)
		return RC_OK;
	return output_text(l->ex->to,
	    arena_printf(t->arena, "images/%s/_checksum", id),
	    str_of(arena_printf(t->arena, "[\"%.*s\"]", STR_ARG(sum))));
}

static enum result
write_registry_image(
    const struct leaving *l, const struct task *t, const char *id, void *arg)
{
	const char *dir = arena_printf(t->arena, "images/%s", id);
	const struct content *layer;
	struct v1image_json json;
	struct str ancestry;
	enum result r = pull_json(t, ACCESS_PUBLIC, id, &json);

	(void)arg;
	if (r == RC_OK)
		r = pull_ancestry(t, id, &ancestry);
	if (r == RC_OK)
		r = find_layer(t, id, &layer);
	if (r == RC_OK)
		r = output_text(
		    l->ex->to, arena_printf(t->arena, "%s/json", dir), json.json);
	if (r == RC_OK)
		r = output_text(l->ex->to,
		    arena_printf(t->arena, "%s/ancestry", dir), ancestry);
	if (r == RC_OK)
		r = write_checksum(l, t, id, json.sum);
	if (r == RC_OK)
		r = output_content(l->ex->to,
		    arena_printf(t->arena, "%s/layer", dir), layer, NULL);
	return r;
}

static struct str
index_images(const struct leaving *l)
{
	struct jsonw w;
	struct buf b;
	size_t i;

	buf_init(&b, l->ex->task->arena, IMAGELIST_MAX);
	jsonw_init(&w, buf_sink(&b));
	jsonw_array(&w);
	for (i = 0; i < json_length(l->ids); i++) {
		jsonw_object(&w);
		jsonw_key(&w, "id");
		jsonw_str(&w, json_text(json_at(l->ids, i)));
		jsonw_end(&w);
	}
	jsonw_end(&w);
	return buf_str(&b);
}

enum result
v1files_export(const struct exporting *ex, const char **what)
{
	struct arena *a = ex->task->arena;
	struct leaving l;
	const char *dir;
	enum result r = find_images(ex, &l);

	if (r == RC_OK)
		r = each_image(&l, write_registry_image, NULL);
	if (r != RC_OK)
		return r;
	dir = arena_printf(a, "repositories/%s", v1name_full(a, &l.name));
	r = output_text(
	    ex->to, arena_printf(a, "%s/_index_images", dir), index_images(&l));
	if (r == RC_OK)
		r = output_text(ex->to,
		    arena_printf(a, "%s/tag_%s", dir, ex->from->tag), str_of(l.id));
	*what = l.id;
	return r;
}

/* ---- as docker save wrote it ---- */

struct sharing {
	const char *(*same)(void *arg, const struct content *content);
	void *arg;
};

static enum result
write_saved_image(
    const struct leaving *l, const struct task *t, const char *id, void *arg)
{
	const struct sharing *sharing = arg;
	const char *file = arena_printf(t->arena, "%s/layer.tar", id), *other;
	const struct content *layer;
	struct v1image_json json;
	enum result r = pull_json(t, ACCESS_PUBLIC, id, &json);

	if (r == RC_OK)
		r = find_layer(t, id, &layer);
	if (r == RC_OK)
		r = output_text(l->ex->to, arena_printf(t->arena, "%s/VERSION", id),
		    str_of("1.0"));
	if (r == RC_OK)
		r = output_text(
		    l->ex->to, arena_printf(t->arena, "%s/json", id), json.json);
	if (r != RC_OK)
		return r;
	other = sharing->same(sharing->arg, layer);
	if (other != NULL)
		return output_link(
		    l->ex->to, file, arena_printf(t->arena, "../%s", other));
	return output_content(l->ex->to, file, layer, NULL);
}

static enum result
write_repositories(const struct leaving *l)
{
	const struct port_name *from = l->ex->from;
	struct jsonw w;
	struct buf b;

	buf_init(&b, l->ex->task->arena, V1FILES_SAVED_MAX);
	jsonw_init(&w, buf_sink(&b));
	jsonw_object(&w);
	jsonw_key(&w, from->repository);
	jsonw_object(&w);
	jsonw_key(&w, from->tag);
	jsonw_text(&w, l->id);
	jsonw_end(&w);
	jsonw_end(&w);
	return output_text(l->ex->to, V1FILES_SAVED, buf_str(&b));
}

enum result
v1files_export_saved(const struct exporting *ex,
    const char *(*same)(void *arg, const struct content *content), void *arg,
    const char **what)
{
	struct sharing sharing = {same, arg};
	struct leaving l;
	enum result r = find_images(ex, &l);

	if (r == RC_OK)
		r = each_image(&l, write_saved_image, &sharing);
	if (r == RC_OK)
		r = write_repositories(&l);
	if (r == RC_OK)
		*what = l.id;
	return r;
}
