/* errors.c: one table for statuses, codes and texts. The codes are those of the
 * specification; if it has none, those of distribution: TAG_INVALID,
 * PAGINATION_NUMBER_INVALID, MANIFEST_UNVERIFIED, and for faults of the registry UNKNOWN
 * (500) and UNAVAILABLE (503, 507: the client may try again later). */
#include "v2/errors.h"

#include "base/json.h"
#include "base/jsonw.h"

#define ERROR_MAX ((size_t)128 << 10)
#define RETRY_S   "5"

static const struct row {
	int status;
	const char *code, *message;
} table[RC_MAX] = {
    [RC_BAD_REQUEST] = {400, "UNSUPPORTED", "the request cannot be understood"},
    [RC_BAD_NAME] = {400, "NAME_INVALID", "invalid repository name"},
    [RC_BAD_TAG] = {400, "TAG_INVALID", "manifest tag did not match the rules"},
    [RC_BAD_DIGEST] = {400, "DIGEST_INVALID",
	"provided digest is not a sha256 or sha512 digest"},
    [RC_OTHER_DIGEST] = {404, "BLOB_UNKNOWN", "blob unknown to registry"},
    [RC_BAD_MANIFEST] = {400, "MANIFEST_INVALID", "manifest invalid"},
    [RC_UNVERIFIED] = {400, "MANIFEST_UNVERIFIED",
	"manifest failed signature verification"},
    /* docker shows the message, and nothing else */
    [RC_FALLBACK] = {400, "MANIFEST_INVALID",
	"schema 1 is not accepted from docker 1.10 or newer, which sends it when "
	"its manifest of schema 2 was refused; push again"},
    [RC_BAD_PAGE] = {400, "PAGINATION_NUMBER_INVALID",
	"invalid number of results requested"},
    [RC_BAD_SIZE] = {400, "SIZE_INVALID",
	"provided length did not match content length"},
    [RC_BAD_RANGE] = {416, "BLOB_UPLOAD_INVALID",
	"this is not the next part of the upload"},
    [RC_TOO_MANY] = {414, "UNSUPPORTED", "too many tags at once"},
    [RC_MISMATCH] = {400, "DIGEST_INVALID",
	"provided digest did not match uploaded content"},
    [RC_NOT_BRIDGED] = {404, "MANIFEST_UNKNOWN",
	"the image has no form in this API"},
    [RC_UNRESOLVED_REF] = {400, "MANIFEST_BLOB_UNKNOWN",
	"manifest references a manifest or blob unknown to the repository"},
    [RC_CONDITION] = {412, "DENIED",
	"If-Match or If-None-Match does not hold for what is there now"},
    [RC_TOO_LARGE] = {413, "SIZE_INVALID", "the content is too large"},
    [RC_NO_ROUTE] = {404, "UNSUPPORTED", "no such path"},
    [RC_OTHER_SITE] = {403, "DENIED",
	"a page of another site may not change this registry"},
    [RC_BAD_METHOD] = {405, "UNSUPPORTED", "the operation is unsupported"},
    [RC_UNAUTHORIZED] = {401, "UNAUTHORIZED", "authentication required"},
    [RC_REPOSITORY_UNKNOWN] = {404, "NAME_UNKNOWN",
	"repository name not known to registry"},
    [RC_BLOB_UNKNOWN] = {404, "BLOB_UNKNOWN", "blob unknown to registry"},
    [RC_MANIFEST_UNKNOWN] = {404, "MANIFEST_UNKNOWN",
	"manifest unknown to registry"},
    [RC_UPLOAD_UNKNOWN] = {404, "BLOB_UPLOAD_UNKNOWN",
	"blob upload unknown to registry"},
    [RC_CLIENT_GONE] = {400, "BLOB_UPLOAD_INVALID", "the request broke off"},
    [RC_FULL] = {507, "UNAVAILABLE", "no space left on the registry's disk"},
    [RC_BUSY] = {503, "UNAVAILABLE",
	"too many requests of this kind at once, retry later"},
    [RC_UPSTREAM] = {503, "UNAVAILABLE",
	"another server that was asked does not answer, retry later"},
    [RC_REBUILDING] = {503, "UNAVAILABLE",
	"the index is being rebuilt, retry later"},
    [RC_IO] = {500, "UNKNOWN",
	"internal error; the registry's log has it under this X-Request-Id"},
};

static void
write_error(struct jsonw *w, const struct row *row, struct str detail)
{
	jsonw_object(w);
	jsonw_key(w, "code");
	jsonw_text(w, row->code);
	jsonw_key(w, "message");
	jsonw_text(w, row->message);
	if (detail.n > 0) {
		jsonw_key(w, "detail");
		jsonw_json(w, detail);
	}
	jsonw_end(w);
}

/* The reason of a fault of this registry is for the log alone; so is that of a request whose
 * client has gone. */
static struct str
reason_json(struct call *c, const struct row *row)
{
	struct jsonw w;
	struct buf b;

	if (c->err.text[0] == '\0' || row->status >= 500 ||
	    row == &table[RC_CLIENT_GONE])
		return str_of(NULL);
	buf_init(&b, c->task.arena, ERROR_MAX);
	jsonw_init(&w, buf_sink(&b));
	jsonw_text(&w, c->err.text);
	return buf_str(&b);
}

static void
write_errors(struct call *c, struct jsonw *w, const struct row *row)
{
	struct json *detail = NULL;
	const char *why;
	size_t i;

	if (c->detail.n == 0) {
		write_error(w, row, reason_json(c, row));
		return;
	}
	if (!json_parse(c->task.arena, c->detail, &detail, &why) ||
	    json_kind(detail) != JSON_ARRAY)
		write_error(w, row, c->detail);
	for (i = 0; i < json_length(detail); i++)
		write_error(w, row, json_print(c->task.arena, json_at(detail, i)));
}

void
v2_fail(struct call *c, enum result r)
{
	const struct row *row = &table[table[r].status == 0 ? RC_IO : r];
	struct row reason = *row;
	struct jsonw w;
	struct buf b;

	/* docker shows the message, and nothing else */
	if (r == RC_NOT_BRIDGED && c->err.text[0] != '\0') {
		reason.message = c->err.text;
		row = &reason;
	}
	buf_init(&b, c->task.arena, ERROR_MAX);
	jsonw_init(&w, buf_sink(&b));
	jsonw_object(&w);
	jsonw_key(&w, "errors");
	jsonw_array(&w);
	write_errors(c, &w, row);
	jsonw_end(&w);
	jsonw_end(&w);
	reply_json(c->rp, row->status, buf_str(&b));
	reply_header(c->rp, "Cache-Control", "no-cache");
	if (r == RC_REBUILDING || r == RC_BUSY || r == RC_UPSTREAM)
		reply_header(c->rp, "Retry-After", RETRY_S);
}
