/* errors.c: one table for statuses and texts. The texts are those of docker-registry, if it
 * had one: docker 0.11 compares some of them ("Image already exists"). */
#include "v1/errors.h"

#include <stddef.h>

#include "base/jsonw.h"
#include "v1/index_api.h"
#include "v1/push.h"
#include "v1/tags.h"

#define RETRY_AFTER "5" /* seconds */
#define ERROR_MAX   ((size_t)8 << 10)

static const struct {
	int status;
	const char *text;
} table[RC_MAX] = {
    [RC_BAD_REQUEST] = {400, "Bad request"},
    [RC_BAD_JSON] = {400, "Error Decoding JSON"},
    [RC_BAD_DATA] = {400, "Invalid data"},
    [RC_NO_ID] = {400, "Missing key `id' in JSON"},
    [RC_BAD_ID] = {404, "Invalid image ID"},
    [RC_OTHER_ID] = {400, "JSON data contains invalid id"},
    [RC_BAD_NAME] = {400, "Invalid name"},
    [RC_BAD_CHECKSUM] = {400, "Invalid checksum format"},
    [RC_NO_CHECKSUM] = {400, "Missing Image's checksum"},
    [RC_BAD_LAYER] = {400, "Layer format not supported"},
    [RC_NO_PARENT] = {400, "Image depends on a non existing parent"},
    [RC_MISMATCH] = {400, "Checksum mismatch"},
    [RC_TOO_LARGE] = {413, "The request is too large"},
    [RC_NO_ROUTE] = {404, "Not found"},
    [RC_OTHER_SITE] = {403, "A page of another site may not change this registry"},
    [RC_BAD_METHOD] = {405, "Method not allowed"},
    [RC_NOT_BRIDGED] = {404, "The image has no form in this API"},
    [RC_NOT_FOUND] = {404, "Not found"},
    [RC_IMAGE_UNKNOWN] = {404, "Image not found"},
    [RC_NOT_GRANTED] = {400, "This image does not belong to the repository"},
    [RC_PARENT_REFUSED] = {400, "Image depends on an unauthorized parent"},
    [RC_UNAUTHORIZED] = {401, "Requires authorization"},
    [RC_IMAGE_EXISTS] = {409, "Image already exists"},
    [RC_IMAGE_UNFINISHED] = {400, "Image is being uploaded, retry later"},
    [RC_LAYER_UNKNOWN] = {400, "Checksum not found"},
    [RC_CHECKSUM_REFUSED] = {409, "Cannot set this image checksum"},
    [RC_REPOSITORY_UNKNOWN] = {404, "Repository not found"},
    [RC_TAG_UNKNOWN] = {404, "Tag not found"},
    [RC_CLIENT_GONE] = {400, "The request broke off"},
    [RC_FULL] = {507, "No space left on the registry's disk"},
    [RC_BUSY] = {503, "Too many requests of this kind, retry later"},
    [RC_UPSTREAM] = {503, "Another server that was asked does not answer"},
    [RC_REBUILDING] = {503, "The search index is being rebuilt, retry later"},
    [RC_IO] = {500,
	"Internal error; the registry's log has it under this X-Request-Id"},
};

/* The texts of some handlers differ. */
static const struct {
	handler_fn *handler;
	enum result result;
	const char *text;
} own_texts[] = {
    {v1_put_image_json, RC_BAD_JSON, "Invalid JSON"},
    {v1_put_layer, RC_MISMATCH, "Checksum mismatch, ignoring the layer"},
    {v1_put_tag, RC_BAD_JSON, "Invalid data"},
    {v1_get_images, RC_REPOSITORY_UNKNOWN, "images not found"},
};

static const char *
text_of(const struct call *c, enum result r)
{
	size_t i;

	for (i = 0;
	     c->route != NULL && i < sizeof(own_texts) / sizeof(own_texts[0]); i++)
		if (own_texts[i].handler == c->route->handler &&
		    own_texts[i].result == r)
			return own_texts[i].text;
	if (r == RC_TAG_UNKNOWN && c->route != NULL &&
	    c->route->handler == v1_delete_tag)
		return arena_printf(
		    c->task.arena, "Tag not found: %s", c->args.tag);
	if (r == RC_NOT_BRIDGED && c->err.text[0] != '\0')
		return c->err.text;
	if (r == RC_BAD_NAME || r == RC_BAD_REQUEST ||
	    (r == RC_BAD_LAYER && c->route->permission == MAY_PUSH))
		return arena_printf(
		    c->task.arena, "%s: %s", table[r].text, c->err.text);
	return table[r].text;
}

struct str
v1_error_text(struct arena *a, const char *text)
{
	struct jsonw w;
	struct buf b;

	buf_init(&b, a, ERROR_MAX);
	jsonw_init(&w, buf_sink(&b));
	jsonw_object(&w);
	jsonw_key(&w, "error");
	jsonw_text(&w, text);
	jsonw_end(&w);
	return buf_str(&b);
}

void
v1_fail(struct call *c, enum result r)
{
	int status = table[r].status == 0 ? 500 : table[r].status;
	const char *text = table[r].status == 0 ? table[RC_IO].text : text_of(c, r);

	reply_json(c->rp, status, v1_error_text(c->task.arena, text));
	if (r == RC_UNAUTHORIZED)
		reply_header(c->rp, "WWW-Authenticate", "Token");
	if (r == RC_UPSTREAM || r == RC_BUSY)
		reply_header(c->rp, "Retry-After", RETRY_AFTER);
}
