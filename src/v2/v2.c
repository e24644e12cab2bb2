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
v2_admit(struct request *rq)
{
	const struct auth *auth = rq->registry->auth;

	if (auth->mode == AUTH_OPEN)
		return RC_OK;
	return err_set(&rq->err, RC_NO_ROUTE,
	    "no API v2 where tokens of API v1 are asked for");
}

void
v2_headers(struct request *rq, struct reply *rp)
{
	(void)rq;
	reply_header(rp, "Docker-Distribution-Api-Version", "registry/2.0");
}

enum result
v2_name_arg(struct request *rq, const char **out)
{
	enum result r = reference_check_repository(rq->arg[0], &rq->err);

	if (r == RC_OK)
		*out = str_dup(rq->arena, rq->arg[0]);
	return r;
}

enum result
v2_digest_arg(struct request *rq, struct digest *out)
{
	return digest_parse(rq->arg[1], out, &rq->err);
}

enum result
v2_query(struct request *rq, const char *name, struct str *out)
{
	enum result r = target_query(rq->arena, &rq->target, name, out, &rq->err);

	if (r == RC_OK && str_has(*out, '\0'))
		return err_set(&rq->err, RC_BAD_REQUEST, "%s holds a NUL", name);
	return r;
}

const char *
v2_encode(struct request *rq, struct str value)
{
	return percent_encode(rq->arena, value, "-._~", false);
}

void
v2_unknown(struct request *rq, struct str reference)
{
	struct jsonw w;
	struct buf b;

	if (reference.n > DIGEST_TEXT_MAX)
		reference.n = DIGEST_TEXT_MAX;
	buf_init(&b, rq->arena, DETAIL_MAX);
	jsonw_init(&w, buf_sink(&b));
	jsonw_object(&w);
	jsonw_key(&w, "name");
	jsonw_str(&w, rq->arg[0]);
	if (reference.n > 0) {
		jsonw_key(&w, "reference");
		jsonw_str(&w, reference);
	}
	jsonw_end(&w);
	rq->detail = buf_str(&b);
}

const char *
v2_etag(struct arena *a, const struct digest *d)
{
	return arena_printf(a, "\"%s\"", digest_text(a, d));
}

void
v2_is(struct reply *rp, const struct digest *d)
{
	reply_header(rp, "Docker-Content-Digest", digest_text(rp->arena, d));
	reply_header(rp, "ETag", v2_etag(rp->arena, d));
}

enum result
v2_if_wanted(struct request *rq, struct reply *rp, bool *wanted)
{
	enum condition c = condition_check(rq, reply_get(rp, "ETag"));

	*wanted = c == CONDITION_HOLDS;
	if (c == CONDITION_NOT_MODIFIED)
		reply_none(rp, 304);
	if (c == CONDITION_FAILED)
		return err_set(&rq->err, RC_CONDITION, "this is %s",
		    reply_get(rp, "Docker-Content-Digest"));
	return RC_OK;
}

void
v2_immutable(struct reply *rp)
{
	reply_header(rp, "Cache-Control", "public, max-age=31536000, immutable");
}

void
v2_at(const struct request *rq, struct reply *rp, const char *path)
{
	reply_header(rp, "Location", origin_url(rq, path));
}

void
v2_at_blob(const struct request *rq, struct reply *rp, const char *name,
    const struct digest *d)
{
	const char *text = digest_text(rp->arena, d);

	v2_at(rq, rp, arena_printf(rp->arena, "/v2/%s/blobs/%s", name, text));
	reply_header(rp, "Docker-Content-Digest", text);
}

enum result
v2_page(struct request *rq, size_t usual, struct v2_page *out)
{
	struct str n;
	long long most;
	enum result r = v2_query(rq, "n", &n);

	if (r == RC_OK)
		r = v2_query(rq, "last", &out->after);
	if (r != RC_OK)
		return r;
	out->limited = n.p != NULL;
	out->most = usual;
	if (!out->limited)
		return RC_OK;
	if (!str_to_int64(n, &most))
		return err_set(
		    &rq->err, RC_BAD_PAGE, "n must be a number of entries");
	out->most = most < V2_PAGE_MAX ? (size_t)most : V2_PAGE_MAX;
	return RC_OK;
}

void
v2_next_page(struct request *rq, struct reply *rp, const char *path,
    const char *last, size_t most, const char *more)
{
	reply_header(rp, "Link",
	    arena_printf(rq->arena, "<%s?last=%s&n=%zu%s>; rel=\"next\"", path,
		v2_encode(rq, str_of(last)), most, more));
}
