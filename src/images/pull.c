/* pull.c: see pull.h. */
#include "images/pull.h"

#include "images/layerfiles.h"
#include "mirror/mirror.h"

/* An image that is unfinished here may be one that a fetch is about to finish. */
static bool
upstream_may_have(const struct task *t, enum result own)
{
	return (own == RC_IMAGE_UNKNOWN || own == RC_IMAGE_UNFINISHED) &&
	       mirror_may_ask(t);
}

/* If the upstream does not have the image either, the result of this registry stays. */
static enum result
own_if_unknown(enum result own, enum result upstream)
{
	return upstream == RC_IMAGE_UNKNOWN ? own : upstream;
}

enum result
pull_json(const struct task *t, enum access_path path, const char *id,
    struct v1image_json *out)
{
	enum result r = access_image(t, path, id);

	if (r != RC_OK)
		return r;
	r = v1image_json(t, id, out);
	if (path == ACCESS_PUBLIC && upstream_may_have(t, r))
		r = own_if_unknown(r, mirror_json(t, id, out));
	return r == RC_OK ? access_note_granted(t) : r;
}

enum result
pull_ancestry(const struct task *t, const char *id, struct str *out)
{
	enum result r = access_image(t, ACCESS_PUBLIC, id);

	if (r != RC_OK)
		return r;
	r = v1image_ancestry(t, id, out);
	if (upstream_may_have(t, r))
		r = own_if_unknown(r, mirror_ancestry(t, id, out));
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
	if (path == ACCESS_PUBLIC && upstream_may_have(t, r))
		r = own_if_unknown(r, layer_of_upstream(t, id, out));
	return r;
}

enum result
pull_files(const struct task *t, enum access_path path, const char *id,
    const struct content **out)
{
	enum result r = access_image(t, path, id);

	return r == RC_OK ? layerfiles_list(t, id, out) : r;
}

enum result
pull_diff(const struct task *t, const char *id, const struct content **out)
{
	enum result r = access_image(t, ACCESS_PUBLIC, id);

	return r == RC_OK ? layerfiles_diff(t, id, out) : r;
}
