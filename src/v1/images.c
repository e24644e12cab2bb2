/* images.c: see images.h. */
#include "v1/images.h"

#include "images/access.h"
#include "images/layerfiles.h"
#include "mirror/mirror.h"
#include "registry/v1image.h"
#include "v1/admit.h"
#include "v1/v1.h"

typedef enum result access_fn(const struct task *t, const char *id);

static enum result
image_of(struct request *rq, access_fn *may, const char **id)
{
	enum result r = v1_image_arg(rq, id);

	if (r == RC_OK)
		r = may(request_task(rq), *id);
	return r;
}

/* An image that is unfinished here may be one that a fetch is just about to finish. */
static bool
source_may_have(struct request *rq, enum result here)
{
	return (here == RC_IMAGE_UNKNOWN || here == RC_IMAGE_UNFINISHED) &&
	       mirror_may_ask(request_task(rq));
}

static enum result
unless_unknown(enum result there, enum result here)
{
	return there == RC_IMAGE_UNKNOWN ? here : there;
}

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
	enum result r = image_of(rq, access_public_image, &id);

	if (r != RC_OK)
		return r;
	r = v1image_json(request_task(rq), id, &image);
	if (source_may_have(rq, r))
		r = unless_unknown(mirror_json(request_task(rq), id, &image), r);
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
	enum result r = image_of(rq, access_private_image, &id);

	if (r == RC_OK)
		r = v1image_json(request_task(rq), id, &image);
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
	enum result r = image_of(rq, access_public_image, &id);

	if (r != RC_OK)
		return r;
	r = v1image_ancestry(request_task(rq), id, &ancestry);
	if (source_may_have(rq, r))
		r = unless_unknown(
		    mirror_ancestry(request_task(rq), id, &ancestry), r);
	if (r != RC_OK || is_known(rq, rp))
		return r;
	reply_json(rp, 200, ancestry);
	v1_immutable(rp);
	return RC_OK;
}

/* ---- the layer ---- */

static void
reply_layer(struct reply *rp, const struct content *file)
{
	reply_content(rp, file, "application/octet-stream");
}

/* Sent while it comes; all of it, whatever range was asked for. */
static void
reply_growing(struct request *rq, struct reply *rp, struct mirror_growing *growing)
{
	long long length = mirror_growing_length(growing);

	reply_stream(rp, mirror_growing_write, growing);
	reply_header(rp, "Content-Type", "application/octet-stream");
	reply_header(rp, "Content-Length", arena_printf(rq->arena, "%lld", length));
}

static enum result
reply_layer_of_source(struct request *rq, struct reply *rp, const char *id)
{
	struct mirror_growing *growing = NULL;
	const struct content *file;
	enum result r = mirror_layer(request_task(rq), id, &growing, &file);

	if (r == RC_OK && growing != NULL)
		reply_growing(rq, rp, growing);
	else if (r == RC_OK)
		reply_layer(rp, file);
	return r;
}

enum result
v1_get_layer(struct request *rq, struct reply *rp)
{
	const struct content *file;
	const char *id;
	enum result r = image_of(rq, access_public_image, &id);

	if (r != RC_OK)
		return r;
	r = v1image_layer(request_task(rq), id, &file);
	if (r == RC_OK && is_known(rq, rp))
		return RC_OK;
	if (r == RC_OK)
		reply_layer(rp, file);
	else if (source_may_have(rq, r))
		r = unless_unknown(reply_layer_of_source(rq, rp, id), r);
	if (r == RC_OK)
		v1_immutable(rp);
	return r;
}

enum result
v1_get_private_layer(struct request *rq, struct reply *rp)
{
	const struct content *file;
	const char *id;
	enum result r = image_of(rq, access_private_image, &id);

	if (r == RC_OK)
		r = v1image_layer(request_task(rq), id, &file);
	if (r == RC_OK)
		reply_layer(rp, file);
	return r;
}

/* ---- what is in it ---- */

typedef enum result derive_fn(
    const struct task *t, const char *id, const struct content **out);

static enum result
reply_derived(struct request *rq, struct reply *rp, derive_fn *derive)
{
	const struct content *file;
	const char *id;
	enum result r = image_of(rq, access_public_image, &id);

	if (r == RC_OK)
		r = derive(request_task(rq), id, &file);
	if (r != RC_OK || is_known(rq, rp))
		return r;
	reply_content(rp, file, "application/json");
	v1_immutable(rp);
	return RC_OK;
}

enum result
v1_get_files(struct request *rq, struct reply *rp)
{
	return reply_derived(rq, rp, layerfiles_list);
}

enum result
v1_get_diff(struct request *rq, struct reply *rp)
{
	return reply_derived(rq, rp, layerfiles_diff);
}

enum result
v1_get_private_files(struct request *rq, struct reply *rp)
{
	const struct content *file;
	const char *id;
	enum result r = image_of(rq, access_private_image, &id);

	if (r == RC_OK)
		r = layerfiles_list(request_task(rq), id, &file);
	if (r == RC_OK)
		reply_content(rp, file, "application/json");
	return r;
}
