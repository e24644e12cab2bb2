/* images.c: see images.h. */
#include "v1/images.h"

#include "images/pull.h"
#include "v1/v1.h"

/* Images never change: whoever has one has today's. */
static bool
is_known(struct request *rq, struct reply *rp)
{
	if (!request_has_header(rq, "If-Modified-Since"))
		return false;
	reply_none(rp, 304);
	v1_immutable(rp);
	return true;
}

/* ---- json ---- */

static void
reply_image(struct request *rq, struct reply *rp, const struct v1image_json *image)
{
	const char *sum = image->sum.n == 0 ? "" : str_dup(rq->arena, image->sum);

	reply_json(rp, 200, image->json);
	if (image->has_layer)
		reply_header(rp, "X-Docker-Size",
		    arena_printf(
			rq->arena, "%llu", (unsigned long long)image->layer_size));
	if (image->sum.n > 0)
		reply_header(rp, "X-Docker-Checksum", sum);
	if (str_starts(image->sum, "sha256:"))
		reply_header(rp, "X-Docker-Checksum-Payload", sum);
}

enum result
v1_get_image_json(struct request *rq, struct reply *rp)
{
	struct v1image_json image;
	const char *id;
	enum result r = v1_image_arg(rq, &id);

	if (r == RC_OK)
		r = pull_json(request_task(rq), ACCESS_PUBLIC, id, &image);
	if (r != RC_OK || is_known(rq, rp))
		return r;
	reply_image(rq, rp, &image);
	v1_immutable(rp);
	return RC_OK;
}

enum result
v1_get_private_json(struct request *rq, struct reply *rp)
{
	struct v1image_json image;
	const char *id;
	enum result r = v1_image_arg(rq, &id);

	if (r == RC_OK)
		r = pull_json(request_task(rq), ACCESS_PRIVATE, id, &image);
	if (r == RC_OK)
		reply_image(rq, rp, &image);
	return r;
}

/* ---- ancestry ---- */

enum result
v1_get_ancestry(struct request *rq, struct reply *rp)
{
	struct str ancestry;
	const char *id;
	enum result r = v1_image_arg(rq, &id);

	if (r == RC_OK)
		r = pull_ancestry(request_task(rq), id, &ancestry);
	if (r != RC_OK || is_known(rq, rp))
		return r;
	reply_json(rp, 200, ancestry);
	v1_immutable(rp);
	return RC_OK;
}

/* ---- the layer ---- */

/* One that still comes from the upstream is sent as it comes, and all of it, whatever range
 * the client asked for. */
static void
reply_layer(struct request *rq, struct reply *rp, const struct pull_layer *layer)
{
	if (layer->content != NULL) {
		reply_content(rp, layer->content, "application/octet-stream");
		return;
	}
	reply_stream(rp, layer->write, layer->arg);
	reply_header(rp, "Content-Type", "application/octet-stream");
	reply_header(rp, "Content-Length",
	    arena_printf(rq->arena, "%lld", (long long)layer->length));
}

enum result
v1_get_layer(struct request *rq, struct reply *rp)
{
	struct pull_layer layer;
	const char *id;
	enum result r = v1_image_arg(rq, &id);

	if (r == RC_OK)
		r = pull_layer(request_task(rq), ACCESS_PUBLIC, id, &layer);
	if (r != RC_OK || (layer.content != NULL && is_known(rq, rp)))
		return r;
	reply_layer(rq, rp, &layer);
	v1_immutable(rp);
	return RC_OK;
}

enum result
v1_get_private_layer(struct request *rq, struct reply *rp)
{
	struct pull_layer layer;
	const char *id;
	enum result r = v1_image_arg(rq, &id);

	if (r == RC_OK)
		r = pull_layer(request_task(rq), ACCESS_PRIVATE, id, &layer);
	if (r == RC_OK)
		reply_layer(rq, rp, &layer);
	return r;
}

/* ---- what is in it ---- */

static enum result
reply_derived(struct request *rq, struct reply *rp, enum result r,
    const struct content *derived)
{
	if (r != RC_OK || is_known(rq, rp))
		return r;
	reply_content(rp, derived, "application/json");
	v1_immutable(rp);
	return RC_OK;
}

enum result
v1_get_files(struct request *rq, struct reply *rp)
{
	const struct content *files = NULL;
	const char *id;
	enum result r = v1_image_arg(rq, &id);

	if (r == RC_OK)
		r = pull_files(request_task(rq), ACCESS_PUBLIC, id, &files);
	return reply_derived(rq, rp, r, files);
}

enum result
v1_get_diff(struct request *rq, struct reply *rp)
{
	const struct content *diff = NULL;
	const char *id;
	enum result r = v1_image_arg(rq, &id);

	if (r == RC_OK)
		r = pull_diff(request_task(rq), id, &diff);
	return reply_derived(rq, rp, r, diff);
}

enum result
v1_get_private_files(struct request *rq, struct reply *rp)
{
	const struct content *files;
	const char *id;
	enum result r = v1_image_arg(rq, &id);

	if (r == RC_OK)
		r = pull_files(request_task(rq), ACCESS_PRIVATE, id, &files);
	if (r == RC_OK)
		reply_content(rp, files, "application/json");
	return r;
}
