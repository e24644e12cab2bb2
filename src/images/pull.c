/* pull.c: see pull.h. */
#include "images/pull.h"

#include "bridge/to_v1.h"
#include "images/layerfiles.h"
#include "mirror/mirror.h"

/* Is the image not one of API v1 here? One that is unfinished may be complete elsewhere. */
static bool
is_missing(enum result r)
{
	return r == RC_IMAGE_UNKNOWN || r == RC_IMAGE_UNFINISHED;
}

/* If a place that is asked next does not have the image either, the first result stays. */
static enum result
first_if_unknown(enum result first, enum result next)
{
	return next == RC_IMAGE_UNKNOWN ? first : next;
}

static bool
upstream_may_have(const struct task *t, enum result own)
{
	return (is_missing(own) || own == RC_REBUILDING) && mirror_may_ask(t);
}

static enum result
json_of_bridge(const struct task *t, const char *id, struct v1image_json *out)
{
	struct to_v1_image image;
	enum result r = to_v1_json(t, id, &image);

	if (r == RC_OK)
		*out = (struct v1image_json){.json = image.json,
		    .has_layer = true,
		    .layer_size = image.layer_size,
		    .may_change = image.may_change};
	return r;
}

enum result
pull_json(const struct task *t, enum access_path path, const char *id,
    struct v1image_json *out)
{
	enum result r = access_image(t, path, id);

	*out = (struct v1image_json){.has_layer = false};
	if (r != RC_OK)
		return r;
	r = v1image_json(t, id, out);
	if (is_missing(r))
		r = first_if_unknown(r, json_of_bridge(t, id, out));
	if (path == ACCESS_PUBLIC && upstream_may_have(t, r))
		r = first_if_unknown(r, mirror_json(t, id, out));
	return r == RC_OK ? access_note_granted(t) : r;
}

enum result
pull_ancestry(const struct task *t, const char *id, struct str *out)
{
	enum result r = access_image(t, ACCESS_PUBLIC, id);

	if (r != RC_OK)
		return r;
	r = v1image_ancestry(t, id, out);
	if (is_missing(r))
		r = first_if_unknown(r, to_v1_ancestry(t, id, out));
	if (upstream_may_have(t, r))
		r = first_if_unknown(r, mirror_ancestry(t, id, out));
	return r;
}

static enum result
layer_of_upstream(const struct task *t, const char *id, struct pull_layer *out)
{
	struct mirror_growing *growing = NULL;
	enum result r = mirror_layer(t, id, &growing, &out->content);

	if (r != RC_OK || growing == NULL)
		return r;
	out->content = NULL;
	out->length = mirror_growing_length(growing);
	out->write = mirror_growing_write;
	out->arg = growing;
	return RC_OK;
}

enum result
pull_layer(const struct task *t, enum access_path path, const char *id,
    struct pull_layer *out)
{
	enum result r = access_image(t, path, id);

	*out = (struct pull_layer){.content = NULL};
	if (r != RC_OK)
		return r;
	r = v1image_layer(t, id, &out->content);
	if (is_missing(r))
		r = first_if_unknown(r, to_v1_layer(t, id, &out->content));
	if (path == ACCESS_PUBLIC && upstream_may_have(t, r))
		r = first_if_unknown(r, layer_of_upstream(t, id, out));
	return r;
}

/* No lists are made of images of API v2. */
static enum result
explain_missing(const struct task *t, const char *id, enum result r)
{
	struct to_v1_image image;

	if (!is_missing(r) || to_v1_json(task_quiet(t), id, &image) != RC_OK)
		return r;
	return err_set(t->err, RC_NOT_BRIDGED,
	    "%s was pushed through API v2: the files of such images are not listed",
	    image.repository);
}

enum result
pull_files(const struct task *t, enum access_path path, const char *id,
    const struct content **out)
{
	enum result r = access_image(t, path, id);

	if (r != RC_OK)
		return r;
	return explain_missing(t, id, layerfiles_list(t, id, out));
}

enum result
pull_diff(const struct task *t, const char *id, const struct content **out)
{
	enum result r = access_image(t, ACCESS_PUBLIC, id);

	if (r != RC_OK)
		return r;
	return explain_missing(t, id, layerfiles_diff(t, id, out));
}
