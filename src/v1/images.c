/* images.c: see images.h. */
#include "v1/images.h"

#include "images/pull.h"
#include "v1/v1.h"

/* Images never change: a client that has one has the current one. */
static bool
client_has_it(struct call *c)
{
	if (!request_has_header(c->rq, "If-Modified-Since"))
		return false;
	reply_none(c->rp, 304);
	v1_set_immutable(c->rp);
	return true;
}

/* ---- json ---- */

static void
reply_image(struct call *c, const struct v1image_json *image)
{
	const char *sum = image->sum.n == 0 ? ""
					    : str_dup(c->task.arena, image->sum);

	reply_json(c->rp, 200, image->json);
	if (image->has_layer)
		reply_header(c->rp, "X-Docker-Size",
		    arena_printf(c->task.arena, "%llu",
			(unsigned long long)image->layer_size));
	if (image->sum.n > 0)
		reply_header(c->rp, "X-Docker-Checksum", sum);
	if (str_starts(image->sum, "sha256:"))
		reply_header(c->rp, "X-Docker-Checksum-Payload", sum);
}

enum result
v1_get_image_json(struct call *c)
{
	struct v1image_json image;
	enum result r = pull_json(&c->task, ACCESS_PUBLIC, c->args.image, &image);

	if (r != RC_OK || (!image.may_change && client_has_it(c)))
		return r;
	reply_image(c, &image);
	if (!image.may_change)
		v1_set_immutable(c->rp);
	return RC_OK;
}

enum result
v1_get_private_json(struct call *c)
{
	struct v1image_json image;
	enum result r = pull_json(&c->task, ACCESS_PRIVATE, c->args.image, &image);

	if (r == RC_OK)
		reply_image(c, &image);
	return r;
}

/* ---- ancestry ---- */

enum result
v1_get_ancestry(struct call *c)
{
	struct str ancestry;
	enum result r = pull_ancestry(&c->task, c->args.image, &ancestry);

	if (r != RC_OK || client_has_it(c))
		return r;
	reply_json(c->rp, 200, ancestry);
	v1_set_immutable(c->rp);
	return RC_OK;
}

/* ---- the layer ---- */

/* A layer that is just being fetched is sent as it arrives: all of it, even if the client
 * wants a range. */
static void
reply_layer(struct call *c, const struct pull_layer *layer)
{
	if (layer->content != NULL) {
		reply_content(c->rp, layer->content, "application/octet-stream");
		return;
	}
	reply_stream(c->rp, layer->write, layer->arg);
	reply_header(c->rp, "Content-Type", "application/octet-stream");
	reply_header(c->rp, "Content-Length",
	    arena_printf(c->task.arena, "%lld", (long long)layer->length));
}

enum result
v1_get_layer(struct call *c)
{
	struct pull_layer layer;
	enum result r = pull_layer(&c->task, ACCESS_PUBLIC, c->args.image, &layer);

	if (r != RC_OK || (layer.content != NULL && client_has_it(c)))
		return r;
	reply_layer(c, &layer);
	v1_set_immutable(c->rp);
	return RC_OK;
}

enum result
v1_get_private_layer(struct call *c)
{
	struct pull_layer layer;
	enum result r = pull_layer(&c->task, ACCESS_PRIVATE, c->args.image, &layer);

	if (r == RC_OK)
		reply_layer(c, &layer);
	return r;
}

/* ---- the files in a layer ---- */

static enum result
reply_derived(struct call *c, enum result r, const struct content *derived)
{
	if (r != RC_OK || client_has_it(c))
		return r;
	reply_content(c->rp, derived, "application/json");
	v1_set_immutable(c->rp);
	return RC_OK;
}

enum result
v1_get_files(struct call *c)
{
	const struct content *files = NULL;
	enum result r = pull_files(&c->task, ACCESS_PUBLIC, c->args.image, &files);

	return reply_derived(c, r, files);
}

enum result
v1_get_diff(struct call *c)
{
	const struct content *diff = NULL;
	enum result r = pull_diff(&c->task, c->args.image, &diff);

	return reply_derived(c, r, diff);
}

enum result
v1_get_private_files(struct call *c)
{
	const struct content *files = NULL;
	enum result r = pull_files(&c->task, ACCESS_PRIVATE, c->args.image, &files);

	if (r == RC_OK)
		reply_content(c->rp, files, "application/json");
	return r;
}
