/* v1files_import.c: v1files_are_saved() and v1files_import() of v1files.h.
 *
 * An import reads the json of the image, of its parent and so on down to the base, before it
 * stores anything. Then it pushes each image, the base first, by the verbs of API v1: json, layer,
 * checksum. An image whose id is here already stays as it is, as for a docker that pushes it. At
 * the end the images are announced and the tag is set. */
#include "port/v1files.h"

#include <string.h>

#include "base/json.h"
#include "base/jsonw.h"
#include "base/vec.h"
#include "image/imagelist.h"
#include "image/v1checksum.h"
#include "image/v1config.h"
#include "image/v1name.h"
#include "images/push.h"
#include "images/repository.h"
#include "images/tag.h"
#include "registry/v1image.h"
#include "store/stage.h"

#define CHECKSUM_MAX ((size_t)64 << 10)
#define TAG_MAX      ((size_t)128) /* bytes of a file that holds an id */
#define IMAGES_MAX   1024 /* of one chain; no docker of that age runs more than 127 */

bool
v1files_are_saved(const struct input *in)
{
	return input_has(in, V1FILES_SAVED);
}

/* ---- an image on its way in ---- */

struct chain {
	const struct task *task;
	const struct input *in;
	bool saved;
	const char **ids; /* the image itself first */
	size_t n, capacity;
};

static const char *
file_of(const struct chain *c, struct arena *a, const char *id, const char *file)
{
	if (c->saved && strcmp(file, "layer") == 0)
		file = "layer.tar";
	return arena_printf(a, "%s%s/%s", c->saved ? "" : "images/", id, file);
}

static enum result
read_json(const struct chain *c, const struct task *t, const char *id,
    struct v1config *config, struct str *out)
{
	const char *name = file_of(c, t->arena, id, "json");
	enum result r = input_read(t, c->in, name, V1CONFIG_MAX, out);

	if (r == RC_OK)
		r = v1config_parse(t->arena, *out, config, t->err);
	if (r == RC_OK && !str_is(config->id, id))
		r = err_set(t->err, RC_OTHER_ID, "%s: its id must be %s", name, id);
	return r;
}

/* Adds the image to the chain, and returns its parent: "" is a base. */
static enum result
add_image(struct chain *c, const char *id, char parent[V1NAME_IMAGE_ID_SIZE])
{
	struct arena *scratch = arena_new();
	const struct task *t = task_with_arena(c->task, scratch);
	struct v1config config;
	struct source layer;
	struct str json;
	enum result r = read_json(c, t, id, &config, &json);

	if (r == RC_OK)
		r = input_file(c->in, scratch, file_of(c, scratch, id, "layer"),
		    &layer, t->err);
	if (r == RC_OK && config.parent.n > 0 && !v1name_is_image_id(config.parent))
		r = err_set(t->err, RC_NO_PARENT,
		    "%s: the parent must be the id of an image", id);
	if (r == RC_OK) {
		memcpy(parent, config.parent.p, config.parent.n);
		parent[config.parent.n] = '\0';
		c->ids = vec_grow(
		    c->task->arena, c->ids, c->n, &c->capacity, sizeof(*c->ids));
		c->ids[c->n++] = arena_strdup(c->task->arena, id);
	}
	arena_free(scratch);
	return r;
}

/* id: one of an image. */
static enum result
read_chain(struct chain *c, const char *id)
{
	char next[V1NAME_IMAGE_ID_SIZE], parent[V1NAME_IMAGE_ID_SIZE];
	enum result r = RC_OK;

	(void)strcpy(next, id);
	while (r == RC_OK && *next != '\0') {
		if (c->n == IMAGES_MAX)
			return err_set(c->task->err, RC_BAD_DATA,
			    "the image has more than %d images below it, or is its own "
			    "parent",
			    IMAGES_MAX);
		r = add_image(c, next, parent);
		if (r == RC_OK)
			(void)strcpy(next, parent);
	}
	return r;
}

/* ---- one image ---- */

/* Whether the text has a checksum of json and layer, and whether it is this one. */
struct sums {
	const char *right;
	bool any, found;
};

static void
see_sum(struct sums *sums, struct str one)
{
	sums->any = sums->any || v1checksum_parse(one).kind == V1CHECKSUM_SIMPLE;
	sums->found = sums->found || str_is(one, sums->right);
}

/* A directory of docker-registry has the checksum of a layer: a text, or a list of several kinds.
 * Of those only that of json and layer is looked at. */
static enum result
check_sum(
    const struct chain *c, const struct task *t, const char *id, const char *sum)
{
	const char *name = file_of(c, t->arena, id, "_checksum"), *why;
	struct sums sums = {.right = sum};
	struct json *list;
	struct str text;
	size_t i;
	enum result r;

	if (c->saved || !input_has(c->in, name))
		return RC_OK;
	r = input_read(t, c->in, name, CHECKSUM_MAX, &text);
	if (r != RC_OK)
		return r;
	if (!json_parse(t->arena, text, &list, &why))
		see_sum(&sums, str_trim_controls(text));
	else
		for (i = 0; i < json_length(list); i++)
			see_sum(&sums, json_text(json_at(list, i)));
	if (!sums.any || sums.found)
		return RC_OK;
	return err_set(t->err, RC_MISMATCH,
	    "%s is not the checksum of json and layer, which is %s", name, sum);
}

static enum result
push_image(const struct chain *c, const struct task *t, const char *id)
{
	char hex[HASH_SHA256_HEX_SIZE];
	struct v1config config;
	struct stage *layer;
	const char *sum;
	struct str json;
	enum result r = read_json(c, t, id, &config, &json);

	if (r == RC_OK)
		r = input_stage(
		    t, c->in, file_of(c, t->arena, id, "layer"), &layer);
	if (r == RC_OK)
		r = stage_payload_sum(layer, json, hex, t->err);
	if (r != RC_OK)
		return r;
	sum = arena_printf(t->arena, "sha256:%s", hex);
	r = check_sum(c, t, id, sum);
	if (r == RC_OK)
		r = push_json(t, id, json, str_of(""));
	if (r == RC_OK)
		r = push_layer_stage(t, id, layer);
	if (r == RC_OK)
		r = push_checksum(t, id, str_of(sum), str_of(""));
	return r == RC_IMAGE_EXISTS ? RC_OK : r;
}

static enum result
push_chain(const struct chain *c)
{
	struct arena *scratch = arena_new();
	enum result r = RC_OK;
	size_t i;

	for (i = c->n; r == RC_OK && i > 0; i--) {
		const char *id = c->ids[i - 1];
		const struct task *t;

		arena_clear(scratch);
		t = task_with_arena(c->task, scratch);
		if (v1image_check(task_quiet(t), id) != RC_OK)
			r = push_image(c, t, id);
	}
	arena_free(scratch);
	return r;
}

static enum result
announce(const struct chain *c, const struct v1name *name)
{
	struct jsonw w;
	struct buf b;
	size_t i;

	buf_init(&b, c->task->arena, IMAGELIST_BODY_MAX);
	jsonw_init(&w, buf_sink(&b));
	jsonw_array(&w);
	for (i = 0; i < c->n; i++) {
		jsonw_object(&w);
		jsonw_key(&w, "id");
		jsonw_text(&w, c->ids[i]);
		jsonw_end(&w);
	}
	jsonw_end(&w);
	return repository_announce(c->task, name, buf_str(&b));
}

/* ---- which image ---- */

/* The tags in the file `repositories`. */
struct tags {
	struct arena *arena;
	const char *want; /* "repository:tag"; NULL: the only one */
	const char *repository;
	struct str id; /* of the tag; empty: not found */
	size_t n;      /* tags that fit */
};

static bool
see_tag(void *arg, const char *tag, const struct json *id)
{
	struct tags *tags = arg;

	if (tags->want == NULL ||
	    strcmp(tags->want,
		arena_printf(tags->arena, "%s:%s", tags->repository, tag)) == 0) {
		tags->id = json_text(id);
		tags->n++;
	}
	return true;
}

static bool
see_repository(void *arg, const char *repository, const struct json *of)
{
	struct tags *tags = arg;

	tags->repository = repository;
	json_members(of, see_tag, tags);
	return true;
}

static enum result
find_saved(const struct chain *c, const struct port_import *how,
    const struct port_name *to, const char **id)
{
	const struct task *t = c->task;
	struct tags tags = {.arena = t->arena, .want = how->image};
	struct json *root;
	struct str text;
	const char *why;
	enum result r;

	if (how->image != NULL && v1name_is_image_id(str_of(how->image))) {
		*id = how->image;
		return RC_OK;
	}
	r = input_read(t, c->in, V1FILES_SAVED, V1FILES_SAVED_MAX, &text);
	if (r != RC_OK)
		return r;
	if (!json_parse(t->arena, text, &root, &why))
		return err_set(t->err, RC_BAD_DATA, "repositories: %s", why);
	json_members(root, see_repository, &tags);
	if (tags.n != 1 && how->image == NULL) {
		tags = (struct tags){.arena = t->arena,
		    .want = arena_printf(
			t->arena, "%s:%s", to->repository, to->tag)};
		json_members(root, see_repository, &tags);
	}
	if (tags.n != 1)
		return err_set(t->err, RC_BAD_DATA,
		    "repositories does not have the tag \"%s\"; choose one with "
		    "--image",
		    tags.want);
	if (!v1name_is_image_id(tags.id))
		return err_set(t->err, RC_BAD_ID,
		    "repositories: the value of a tag must be the id of an image");
	*id = str_dup(t->arena, tags.id);
	return RC_OK;
}

/* Whatever is of no other kind gets here. */
static enum result
read_tag(const struct chain *c, const char *file, struct str *out)
{
	enum result r = input_read(c->task, c->in, file, TAG_MAX, out);

	if (r == RC_NOT_FOUND)
		return err_set(c->task->err, r,
		    "there is no %s. A directory of docker-registry has it; an OCI "
		    "layout has oci-layout and index.json; docker save writes "
		    "manifest.json or repositories",
		    file);
	return r;
}

/* The tag's file of a directory of docker-registry. */
static enum result
find_tag(const struct chain *c, const struct port_import *how,
    const struct port_name *to, const char **id)
{
	const struct task *t = c->task;
	struct port_name from = *to;
	struct v1name name;
	struct str text;
	enum result r = RC_OK;

	if (how->image != NULL && v1name_is_image_id(str_of(how->image))) {
		*id = how->image;
		return RC_OK;
	}
	if (how->image != NULL)
		r = port_name_parse(t->arena, how->image, &from, t->err);
	if (r == RC_OK)
		r = v1name_parse(t->arena, str_of(from.repository), &name, t->err);
	if (r == RC_OK)
		r = read_tag(c,
		    arena_printf(t->arena, "repositories/%s/tag_%s",
			v1name_full(t->arena, &name), from.tag),
		    &text);
	if (r != RC_OK)
		return r;
	text = str_trim_controls(text);
	if (!v1name_is_image_id(text))
		return err_set(t->err, RC_BAD_ID,
		    "the file of tag %s must hold the id of an image", from.tag);
	*id = str_dup(t->arena, text);
	return RC_OK;
}

enum result
v1files_import(const struct task *t, const struct input *in,
    const struct port_import *how, const struct port_name *to, const char **what)
{
	struct chain c = {.task = t, .in = in, .saved = v1files_are_saved(in)};
	struct v1name name;
	enum result r = v1name_parse(
	    t->arena, str_of(to->repository), &name, t->err);

	if (r == RC_OK)
		r = v1name_check_tag(str_of(to->tag), t->err);
	if (r == RC_OK)
		r = c.saved ? find_saved(&c, how, to, what)
			    : find_tag(&c, how, to, what);
	if (r == RC_OK)
		r = read_chain(&c, *what);
	if (r == RC_OK)
		r = push_chain(&c);
	if (r == RC_OK)
		r = announce(&c, &name);
	if (r == RC_OK)
		r = tag_put(t, &name, to->tag, *what, str_of(""));
	return r;
}
