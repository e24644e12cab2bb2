/* v2.c: see v2.h. */
#include "v2/v2.h"

#include "auth/auth.h"
#include "base/jsonw.h"
#include "base/percent.h"
#include "http/condition.h"
#include "http/origin.h"
#include "image/reference.h"
#include "registry/registry.h"

#define DETAIL_MAX ((size_t)4 << 10) /* a name and a reference, each byte escaped */

enum result
v2_authenticate(struct call *c)
{
	const struct auth *auth = c->task.reg->auth;

	if (auth->mode == AUTH_OPEN)
		return RC_OK;
	return err_set(&c->err, RC_NO_ROUTE,
	    "this registry asks for tokens of API v1 and does not serve API v2");
}

enum result
v2_read_name(struct call *c, struct str text)
{
	enum result r = reference_check_repository(text, &c->err);

	if (r != RC_OK)
		return r;
	c->args.repository = str_dup(c->task.arena, text);
	v1name_split(c->task.arena, text, &c->args.v1name);
	return RC_OK;
}

void
v2_headers(struct call *c)
{
	reply_header(c->rp, "Docker-Distribution-Api-Version", "registry/2.0");
}

enum result
v2_query(struct call *c, const char *name, struct str *out)
{
	enum result r = target_query(c->task.arena, &c->target, name, out, &c->err);

	if (r == RC_OK && str_has(*out, '\0'))
		return err_set(
		    &c->err, RC_BAD_REQUEST, "%s must not hold a NUL", name);
	return r;
}

const char *
v2_encode_query(struct call *c, struct str value)
{
	return percent_encode(c->task.arena, value, "-._~", false);
}

void
v2_set_unknown_detail(struct call *c, struct str reference)
{
	struct jsonw w;
	struct buf b;

	if (reference.n > DIGEST_TEXT_MAX)
		reference.n = DIGEST_TEXT_MAX;
	buf_init(&b, c->task.arena, DETAIL_MAX);
	jsonw_init(&w, buf_sink(&b));
	jsonw_object(&w);
	jsonw_key(&w, "name");
	jsonw_text(&w, c->args.repository);
	if (reference.n > 0) {
		jsonw_key(&w, "reference");
		jsonw_str(&w, reference);
	}
	jsonw_end(&w);
	c->detail = buf_str(&b);
}

const char *
v2_etag(struct arena *a, const struct digest *d)
{
	return arena_printf(a, "\"%s\"", digest_text(a, d));
}

void
v2_set_digest(struct reply *rp, const struct digest *d)
{
	reply_header(rp, "Docker-Content-Digest", digest_text(rp->arena, d));
	reply_header(rp, "ETag", v2_etag(rp->arena, d));
}

enum result
v2_check_condition(struct call *c, bool *wanted)
{
	enum condition condition = condition_check(c->rq, reply_get(c->rp, "ETag"));

	*wanted = condition == CONDITION_HOLDS;
	if (condition == CONDITION_NOT_MODIFIED)
		reply_none(c->rp, 304);
	if (condition == CONDITION_FAILED)
		return err_set(&c->err, RC_CONDITION, "the current content is %s",
		    reply_get(c->rp, "Docker-Content-Digest"));
	return RC_OK;
}

void
v2_set_immutable(struct reply *rp)
{
	reply_header(rp, "Cache-Control", "public, max-age=31536000, immutable");
}

void
v2_set_location(struct call *c, const char *path)
{
	reply_header(c->rp, "Location", origin_url(c->rq, path));
}

void
v2_set_blob_location(struct call *c, const struct digest *d)
{
	const char *text = digest_text(c->task.arena, d);

	v2_set_location(c, arena_printf(c->task.arena, "/v2/%s/blobs/%s",
			       c->args.repository, text));
	reply_header(c->rp, "Docker-Content-Digest", text);
}

enum result
v2_read_page(struct call *c, size_t usual, struct v2_page *out)
{
	struct str n;
	long long limit;
	enum result r = v2_query(c, "n", &n);

	if (r == RC_OK)
		r = v2_query(c, "last", &out->after);
	if (r != RC_OK)
		return r;
	out->limited = n.p != NULL;
	out->limit = usual;
	if (!out->limited)
		return RC_OK;
	if (!str_to_int64(n, &limit))
		return err_set(
		    &c->err, RC_BAD_PAGE, "n must be a number of entries");
	out->limit = limit < V2_PAGE_MAX ? (size_t)limit : V2_PAGE_MAX;
	return RC_OK;
}

void
v2_set_next_link(struct call *c, const struct v2_next *next)
{
	reply_header(c->rp, "Link",
	    arena_printf(c->task.arena, "<%s?last=%s&n=%zu%s>; rel=\"next\"",
		next->path, v2_encode_query(c, str_of(next->last)), next->limit,
		next->more));
}
