/* manifests.c: see manifests.h. */
#include "v2/manifests.h"

#include "base/jsonw.h"
#include "content/manifests.h"
#include "http/condition.h"
#include "image/reference.h"
#include "v2/accept.h"
#include "v2/clients.h"
#include "v2/v2.h"

static enum result
detail_unknown(struct call *c, enum result r)
{
	if (r == RC_MANIFEST_UNKNOWN)
		v2_set_unknown_detail(c, c->args.reference);
	return r;
}

/* The body may depend on Accept, for a tag. A digest means one form. */
static void
set_caching(struct call *c)
{
	if (reference_is_tag(c->args.reference)) {
		reply_header(c->rp, "Cache-Control", "no-cache");
		reply_header(c->rp, "Vary", "Accept");
	}
}

/* Of schema 1 Docker-Content-Digest and ETag are those of the payload, Content-Length is that of
 * the signed body. */
enum result
v2_get_manifest(struct call *c)
{
	struct manifests_found found;
	bool wanted;
	enum result r = manifests_get(&c->task, c->args.repository,
	    c->args.reference, accept_form(c->rq), &found);

	set_caching(c);
	if (r != RC_OK)
		return detail_unknown(c, r);
	v2_set_digest(c->rp, &found.digest);
	if (found.by_digest)
		v2_set_immutable(c->rp);
	r = v2_check_condition(c, &wanted);
	if (wanted && found.content != NULL) {
		reply_content(
		    c->rp, found.content, str_dup(c->task.arena, found.type));
	} else if (wanted) {
		reply_json(c->rp, 200, found.bytes);
		reply_header(
		    c->rp, "Content-Type", str_dup(c->task.arena, found.type));
	}
	return r;
}

/* ---- conditions of a change ---- */

static bool
condition_holds(void *arg, const struct digest *now)
{
	struct call *c = arg;
	const char *etag = now == NULL ? NULL : v2_etag(c->task.arena, now);

	return condition_check(c->rq, etag) == CONDITION_HOLDS;
}

/* If-Match and If-None-Match as a condition for the registry; NULL: the client sent neither.
 * With them, two clients that change one tag do not overwrite each other's change. */
static const struct manifests_condition *
condition_of(struct call *c)
{
	struct manifests_condition *condition;

	if (!condition_is_set(c->rq))
		return NULL;
	condition = arena_alloc(c->task.arena, sizeof(*condition));
	*condition = (struct manifests_condition){condition_holds, c};
	return condition;
}

/* ---- PUT ---- */

static void
detail_missing(struct call *c, const struct manifests_pushed *pushed)
{
	struct jsonw w;
	struct buf b;
	size_t i;

	buf_init(&b, c->task.arena, (size_t)64 << 10);
	jsonw_init(&w, buf_sink(&b));
	jsonw_array(&w);
	for (i = 0; i < pushed->n_missing; i++)
		jsonw_str(&w, pushed->missing[i]);
	jsonw_end(&w);
	c->detail = buf_str(&b);
}

/* Further tags for the manifest (?tag=a&tag=b), of the coming specification. */
static enum result
read_tags(struct call *c, struct manifests_push *push)
{
	struct target_values tags = {.limit = MANIFESTS_TAGS_MAX + 1};
	enum result r;

	tags.value = arena_alloc(c->task.arena, tags.limit * sizeof(*tags.value));
	r = target_query_all(c->task.arena, &c->target, "tag", &tags, &c->err);
	push->tags = tags.value;
	push->n_tags = tags.n;
	if (r == RC_OK && tags.n > MANIFESTS_TAGS_MAX)
		return err_set(&c->err, RC_TOO_MANY,
		    "a manifest can have at most %d tags in one request",
		    MANIFESTS_TAGS_MAX);
	return r;
}

static void
reply_pushed(struct call *c, const struct manifests_push *push,
    const struct manifests_pushed *pushed)
{
	const char *digest = digest_text(c->task.arena, &pushed->digest);
	size_t i;

	reply_none(c->rp, 201);
	v2_set_location(c, arena_printf(c->task.arena, "/v2/%s/manifests/%s",
			       c->args.repository, digest));
	reply_header(c->rp, "Docker-Content-Digest", digest);
	if (pushed->subject != NULL)
		reply_header(c->rp, "OCI-Subject", pushed->subject);
	for (i = 0; i < push->n_tags; i++)
		reply_add(c->rp, "OCI-Tag", str_dup(c->task.arena, push->tags[i]));
}

enum result
v2_put_manifest(struct call *c)
{
	struct manifests_push push = {.bytes = c->body,
	    .content_type = request_header(c->rq, "Content-Type"),
	    .condition = condition_of(c),
	    .no_schema1 = clients_know_schema2(c->rq)};
	struct manifests_pushed pushed;
	enum result r = read_tags(c, &push);

	if (r != RC_OK)
		return r;
	r = manifests_put(
	    &c->task, c->args.repository, c->args.reference, &push, &pushed);
	if (r == RC_OK)
		reply_pushed(c, &push, &pushed);
	else if (r == RC_UNRESOLVED_REF)
		detail_missing(c, &pushed);
	return r;
}

enum result
v2_delete_manifest(struct call *c)
{
	enum result r = manifests_remove(
	    &c->task, c->args.repository, c->args.reference, condition_of(c));

	if (r == RC_OK)
		reply_none(c->rp, 202);
	return detail_unknown(c, r);
}
