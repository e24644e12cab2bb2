/* manifests.c: see manifests.h. */
#include "v2/manifests.h"

#include "base/jsonw.h"
#include "content/manifests.h"
#include "http/condition.h"
#include "v2/clients.h"
#include "v2/v2.h"

static enum result
tell_unknown(struct request *rq, enum result r)
{
	if (r == RC_MANIFEST_UNKNOWN)
		v2_unknown(rq, rq->arg[1]);
	return r;
}

/* The manifest as it was pushed, whatever Accept says: an old client that cannot read
 * it should see what it is. Only schema 1 is signed again: Docker-Content-Digest and
 * ETag are those of its payload, Content-Length is that of the signed body. */
enum result
v2_get_manifest(struct request *rq, struct reply *rp)
{
	struct manifests_found found;
	const char *name;
	bool wanted;
	enum result r = v2_name_arg(rq, &name);

	if (r == RC_OK)
		r = manifests_get(request_task(rq), name, rq->arg[1], &found);
	if (r != RC_OK)
		return tell_unknown(rq, r);
	v2_is(rp, &found.digest);
	if (found.by_digest)
		v2_immutable(rp);
	else
		reply_header(rp, "Cache-Control", "no-cache");
	r = v2_if_wanted(rq, rp, &wanted);
	if (wanted && found.content != NULL) {
		reply_content(rp, found.content, str_dup(rq->arena, found.type));
	} else if (wanted) {
		reply_json(rp, 200, found.bytes);
		reply_header(rp, "Content-Type", str_dup(rq->arena, found.type));
	}
	return r;
}

/* ---- conditions of a change ---- */

static bool
holds(void *arg, const struct digest *now)
{
	struct request *rq = arg;
	const char *etag = now == NULL ? NULL : v2_etag(rq->arena, now);

	return condition_check(rq, etag) == CONDITION_HOLDS;
}

/* If-Match and If-None-Match as a condition for the registry; NULL: the client set
 * none. With them two clients that change one tag do not overwrite each other's
 * change. */
static const struct manifests_condition *
condition_of(struct request *rq)
{
	struct manifests_condition *c;

	if (!condition_is_set(rq))
		return NULL;
	c = arena_alloc(rq->arena, sizeof(*c));
	*c = (struct manifests_condition){holds, rq};
	return c;
}

/* ---- PUT ---- */

static void
tell_missing(struct request *rq, const struct manifests_pushed *pushed)
{
	struct jsonw w;
	struct buf b;
	size_t i;

	buf_init(&b, rq->arena, (size_t)64 << 10);
	jsonw_init(&w, buf_sink(&b));
	jsonw_array(&w);
	for (i = 0; i < pushed->n_missing; i++)
		jsonw_str(&w, pushed->missing[i]);
	jsonw_end(&w);
	rq->detail = buf_str(&b);
}

/* Tags beside the reference (?tag=a&tag=b), of the specification to come. */
static enum result
read_tags(struct request *rq, struct manifests_push *push)
{
	struct str *tags = arena_alloc(
	    rq->arena, (MANIFESTS_TAGS_MAX + 1) * sizeof(*tags));
	enum result r = target_query_all(rq->arena, &rq->target, "tag", tags,
	    MANIFESTS_TAGS_MAX + 1, &push->n_tags, &rq->err);

	push->tags = tags;
	if (r == RC_OK && push->n_tags > MANIFESTS_TAGS_MAX)
		return err_set(&rq->err, RC_TOO_MANY, "more than %d tags at once",
		    MANIFESTS_TAGS_MAX);
	return r;
}

static void
tell_pushed(const struct request *rq, struct reply *rp, const char *name,
    const struct manifests_push *push, const struct manifests_pushed *pushed)
{
	const char *digest = digest_text(rp->arena, &pushed->digest);
	size_t i;

	reply_none(rp, 201);
	v2_at(rq, rp, arena_printf(rp->arena, "/v2/%s/manifests/%s", name, digest));
	reply_header(rp, "Docker-Content-Digest", digest);
	if (pushed->subject != NULL)
		reply_header(rp, "OCI-Subject", pushed->subject);
	for (i = 0; i < push->n_tags; i++)
		reply_add(rp, "OCI-Tag", str_dup(rp->arena, push->tags[i]));
}

enum result
v2_put_manifest(struct request *rq, struct reply *rp)
{
	struct manifests_push push = {.bytes = rq->body,
	    .content_type = request_header(rq, "Content-Type"),
	    .condition = condition_of(rq),
	    .no_schema1 = clients_know_schema2(rq)};
	struct manifests_pushed pushed;
	const char *name;
	enum result r = v2_name_arg(rq, &name);

	if (r == RC_OK)
		r = read_tags(rq, &push);
	if (r != RC_OK)
		return r;
	r = manifests_put(request_task(rq), name, rq->arg[1], &push, &pushed);
	if (r == RC_OK)
		tell_pushed(rq, rp, name, &push, &pushed);
	else if (r == RC_UNRESOLVED_REF)
		tell_missing(rq, &pushed);
	return r;
}

enum result
v2_delete_manifest(struct request *rq, struct reply *rp)
{
	const char *name;
	enum result r = v2_name_arg(rq, &name);

	if (r == RC_OK)
		r = manifests_remove(
		    request_task(rq), name, rq->arg[1], condition_of(rq));
	if (r == RC_OK)
		reply_none(rp, 202);
	return tell_unknown(rq, r);
}
