/* mirror.c: see mirror.h. The json and the ancestry of images: kept below _berth/mirror, else
 * asked for and kept, checked each time. layer.c has layers, fetch.c how one comes, lists.c
 * tags, lists of images and search. */
#include "mirror/mirror.h"

#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "image/ancestry.h"
#include "image/v1config.h"
#include "mirror/internal.h"
#include "store/upstream.h"

#define VIA_MAX 1000 /* bytes: some twenty mirrors of one another */

bool
mirror_is_on(const struct registry *reg)
{
	return reg->mirror != NULL && reg->mirror->upstream != NULL &&
	       reg->remote != NULL;
}

/* ---- the upstream is asked ---- */

bool
mirror_may_ask(const struct task *t)
{
	struct str via = t->caller == NULL ? str_of(NULL) : t->caller->via;

	return mirror_is_on(t->reg) && via.n <= VIA_MAX &&
	       (via.n == 0 || memmem(via.p, via.n, t->reg->mirror->name,
				  strlen(t->reg->mirror->name)) == NULL);
}

struct str
mirror_token(const struct caller *caller)
{
	struct str token = caller == NULL ? str_of(NULL) : caller->authorization;

	return token.n > 6 && strncasecmp(token.p, "Token ", 6) == 0 ? token
								     : str_of(NULL);
}

const char *const *
mirror_headers(const struct task *t)
{
	struct str via = t->caller == NULL ? str_of(NULL) : t->caller->via;
	struct str token = mirror_token(t->caller);
	const char **headers = arena_alloc(t->arena, 4 * sizeof(*headers));
	size_t n = 0;

	if (token.n > 0)
		headers[n++] = arena_printf(
		    t->arena, "Authorization: %s", str_dup(t->arena, token));
	headers[n++] = arena_printf(t->arena, "Via: %.*s%s1.1 %s", STR_ARG(via),
	    via.n > 0 ? ", " : "", t->reg->mirror->name);
	headers[n++] = "X-Docker-Token: true";
	headers[n] = NULL;
	return headers;
}

enum result
mirror_get(
    const struct task *t, const struct remote_call *call, struct remote_answer *out)
{
	static const struct remote_ttl none = {
	    0, 0, 0}; /* only for requests that wait now */
	struct remote_call full = *call;
	enum result r;

	full.headers = mirror_headers(t);
	full.ttl = &none;
	r = remote_get_cached(t->reg->remote, t->arena, &full, out, t->err);
	if (r != RC_OK)
		return r;
	if (out->status == 401 || out->status == 403 || out->status == 404)
		return err_set(t->err, RC_NOT_FOUND,
		    "the upstream answers with status %d", out->status);
	if (out->status != 200)
		return err_set(t->err, RC_UPSTREAM,
		    "the upstream answers with status %d", out->status);
	return RC_OK;
}

static enum result
or_image_unknown(enum result r)
{
	return r == RC_NOT_FOUND ? RC_IMAGE_UNKNOWN : r;
}

/* What cannot be written down is asked for again. */
static void
keep_answer(const struct task *t, const char *id, const char *file, struct str text)
{
	const struct store_upstream up = store_upstream_image(
	    t->reg->store, t->arena, id);
	struct err err;

	if (store_upstream_set_answer(&up, file, text, &err) != RC_OK)
		log_line(LOG_WARN, "mirror.keep", "image=%s file=%s reason=%s", id,
		    file, log_value(t->arena, err.text));
}

static const char *
image_url(const struct task *t, const char *id, const char *file)
{
	return arena_printf(
	    t->arena, "%s/v1/images/%s/%s", t->reg->mirror->upstream, id, file);
}

/* ---- json, and what was said of the layer ---- */

/* "SIZE SUM", with a "-" for what the upstream did not announce. */
static const char *
facts_of(struct arena *a, const struct remote_answer *answer)
{
	struct str size = answer->captured[0], sum = answer->captured[1];
	long long n;

	if (sum.n == 0)
		sum = answer->captured[2];
	if (!str_to_int64(size, &n))
		size = str_of("-");
	if (sum.n == 0 || sum.n > 200)
		sum = str_of("-");
	return arena_printf(a, "%.*s %.*s", STR_ARG(size), STR_ARG(sum));
}

static enum result
check_json(struct arena *a, struct str json, const char *id, struct err *err)
{
	struct v1config v;
	struct err why;

	if (v1config_parse(a, json, &v, &why) != RC_OK || !str_is(v.id, id))
		return err_set(err, RC_UPSTREAM,
		    "the upstream's json must have the id %s", id);
	return RC_OK;
}

static enum result
ask_json(const struct task *t, const char *id, struct str *json, struct str *facts)
{
	static const char *const capture[] = {"X-Docker-Size",
	    "X-Docker-Checksum-Payload", "X-Docker-Checksum", NULL};
	const struct remote_call call = {.url = image_url(t, id, "json"),
	    .limit = V1CONFIG_MAX,
	    .capture = capture};
	struct remote_answer answer;
	enum result r = mirror_get(t, &call, &answer);

	if (r == RC_OK)
		r = check_json(t->arena, answer.body, id, t->err);
	if (r != RC_OK)
		return r;
	*json = answer.body;
	*facts = str_of(facts_of(t->arena, &answer));
	keep_answer(t, id, "facts", *facts);
	keep_answer(t, id, "json", *json);
	return RC_OK;
}

static enum result
find_json(const struct task *t, const char *id, struct v1image_json *out)
{
	const struct store_upstream up = store_upstream_image(
	    t->reg->store, t->arena, id);
	struct str facts, size;
	long long n;
	enum result r = store_upstream_answer(
	    &up, "json", &out->json, NULL, t->err);

	if (r == RC_OK)
		r = store_upstream_answer(&up, "facts", &facts, NULL, t->err);
	if (r == RC_OK && (check_json(t->arena, out->json, id, t->err) != RC_OK ||
			      !str_has(facts, ' ')))
		r = RC_NOT_FOUND; /* damaged: asked for again */
	if (r == RC_NOT_FOUND && v1image_json(t, id, out) == RC_OK)
		return RC_OK; /* its fetch is over */
	if (r == RC_NOT_FOUND)
		r = ask_json(t, id, &out->json, &facts);
	if (r != RC_OK)
		return r;
	size = str_cut(&facts, ' ');
	out->has_layer = str_to_int64(size, &n);
	out->layer_size = out->has_layer ? (uint64_t)n : 0;
	out->sum = str_is(facts, "-") ? str_of(NULL) : facts;
	return RC_OK;
}

enum result
mirror_json(const struct task *t, const char *id, struct v1image_json *out)
{
	return or_image_unknown(find_json(t, id, out));
}

/* ---- ancestry ---- */

static enum result
check_ancestry(struct str text, const char *id, struct err *err)
{
	if (ancestry_is_whole(text, id))
		return RC_OK;
	return err_set(err, RC_UPSTREAM,
	    "the upstream's ancestry must be a list of ids that begins with %s",
	    id);
}

static enum result
find_ancestry(const struct task *t, const char *id, struct str *out)
{
	const struct store_upstream up = store_upstream_image(
	    t->reg->store, t->arena, id);
	const struct remote_call call = {
	    .url = image_url(t, id, "ancestry"), .limit = ANCESTRY_MAX};
	struct remote_answer answer;
	enum result r;

	r = store_upstream_answer(&up, "ancestry", out, NULL, t->err);
	if (r == RC_OK && check_ancestry(*out, id, t->err) != RC_OK)
		r = RC_NOT_FOUND; /* damaged: asked for again */
	if (r == RC_NOT_FOUND && v1image_ancestry(t, id, out) == RC_OK)
		return RC_OK; /* its fetch is over */
	if (r != RC_NOT_FOUND)
		return r;
	r = mirror_get(t, &call, &answer);
	if (r == RC_OK)
		r = check_ancestry(answer.body, id, t->err);
	if (r != RC_OK)
		return r;
	*out = answer.body;
	keep_answer(t, id, "ancestry", *out);
	return RC_OK;
}

enum result
mirror_ancestry(const struct task *t, const char *id, struct str *out)
{
	return or_image_unknown(find_ancestry(t, id, out));
}

enum result
mirror_image(const struct task *t, const char *id, struct mirror_image *out)
{
	struct v1image_json image;
	enum result r = mirror_json(t, id, &image);

	if (r == RC_OK)
		r = mirror_ancestry(t, id, &out->ancestry);
	if (r == RC_OK) {
		out->json = image.json;
		out->sum = image.sum;
		out->size = image.has_layer ? (int64_t)image.layer_size : -1;
	}
	return r;
}
