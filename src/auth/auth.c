/* auth.c: see auth.h.
 *
 * A token names one repository and one kind of access. First both are compared with what
 * the request wants; that costs nothing. Then the token is verified: in AUTH_OWN by its
 * signature, in AUTH_INDEX by a request to the index with the same token:
 *
 *	GET /v1/repositories/<ns>/<repo>/images
 *	GET /v1/repositories/<ns>/<repo>/layer/<image>/access	for one image
 *
 * 200 confirms the token, and the images in its list may be used; a status 4xx refuses it.
 * The answers are cached for some seconds: a pull of docker sends the same token for each
 * layer. */
#include "auth/auth.h"

#include <string.h>

#include "auth/privileged.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/jsonw.h"
#include "remote/remote.h"

const struct auth auth_open = {.mode = AUTH_OPEN};

#define ANSWER_MAX ((size_t)16 << 20) /* bytes of an answer of the index */

/* A confirmed token is used for many requests. Refusals and failures are kept for a shorter
 * time, so that a correction takes effect soon. */
static const struct remote_ttl ttl = {10000, 3000, 1000};

/* ---- requests to the index ---- */

/* GET v1/repositories/<the caller's>/<rest>, with the caller's own token. */
struct question {
	const struct auth *auth;
	const struct caller *caller;
	const char *rest;
};

/* RC_UNAUTHORIZED: the index says no. */
static enum result
ask_index(
    struct arena *a, const struct question *q, struct str *out, struct err *err)
{
	const char *const headers[] = {arena_printf(a, "Authorization: %s",
					   str_dup(a, q->caller->authorization)),
	    "Accept: application/json", NULL};
	const struct remote_call call = {
	    .url = v1name_url(
		a, q->auth->index_endpoint, &q->caller->repository, q->rest),
	    .headers = headers,
	    .limit = ANSWER_MAX,
	    .ttl = &ttl};
	struct remote_answer answer;
	enum result r;

	r = remote_get_cached(q->auth->remote, a, &call, &answer, err);
	if (r != RC_OK)
		return r;
	if (answer.status >= 400 && answer.status < 500)
		return err_set(err, RC_UNAUTHORIZED,
		    "the index refuses the token with status %d", answer.status);
	if (answer.status != 200)
		return err_set(err, RC_UPSTREAM,
		    "the index answers with status %d instead of 200",
		    answer.status);
	*out = answer.body;
	return RC_OK;
}

static bool
write_id(void *arg, const struct json *item)
{
	struct str id = json_text(json_get(item, "id"));

	if (v1name_is_image_id(id))
		jsonw_str(arg, id);
	return true;
}

/* Copies the ids of the index's list, [{"id": ..., ...}, ...]. The copy is never longer
 * than the list. Elements without an image id are left out. */
static enum result
read_ids(struct arena *a, struct str list, struct str *out, struct err *err)
{
	const char *why;
	struct jsonw w;
	struct buf b;
	bool is_list;

	buf_init(&b, a, list.n);
	jsonw_init(&w, buf_sink(&b));
	jsonw_array(&w);
	if (!json_each(list, write_id, &w, &is_list, &why))
		return err_set(err, RC_UPSTREAM,
		    "the index must answer with a JSON list of images: %s", why);
	if (!is_list)
		return err_set(err, RC_UPSTREAM,
		    "the index must answer with a JSON list of images, not with "
		    "another JSON value");
	jsonw_end(&w);
	*out = buf_str(&b);
	return RC_OK;
}

static enum result
confirm_token(const struct auth *auth, struct arena *a, struct caller *caller,
    struct err *err)
{
	const struct question q = {auth, caller, "images"};
	struct str list;
	enum result r = ask_index(a, &q, &list, err);

	if (r != RC_OK)
		return r;
	return read_ids(a, list, &caller->granted, err);
}

/* ---- the interface ---- */

void
auth_authenticate(const struct auth *auth, struct arena *a,
    const struct auth_request *request, struct caller *out)
{
	struct token token;

	memset(out, 0, sizeof(*out));
	out->authorization = request->authorization;
	if (token_parse(a, request->authorization, &token)) {
		out->repository = token.repository;
		out->access = token.access;
		out->signature = token.signature;
	}
	out->privileged = auth->mode != AUTH_OPEN &&
			  privileged_is_signed(
			      a, auth->privileged, &request->request);
}

/* Is the token genuine? */
static enum result
verify_token(const struct auth *auth, struct arena *a, struct caller *caller,
    struct err *err)
{
	const struct token token = {
	    caller->signature, caller->repository, caller->access};

	if (auth->mode == AUTH_INDEX)
		return confirm_token(auth, a, caller, err);
	if (!token_is_valid(a, auth->secret, &token, clock_now()))
		return err_set(err, RC_UNAUTHORIZED,
		    "the token was not issued by this registry, or has expired");
	return RC_OK;
}

enum result
auth_authorize(const struct auth *auth, struct arena *a,
    const struct auth_access *access, struct caller *caller, struct err *err)
{
	enum result r;

	if (auth->mode == AUTH_OPEN || caller->privileged)
		return RC_OK;
	if (caller->repository.ns == NULL)
		return err_set(err, RC_UNAUTHORIZED, "the request has no token");
	if (access->repository != NULL &&
	    !v1name_eq(access->repository, &caller->repository))
		return err_set(err, RC_UNAUTHORIZED,
		    "the token is for %s/%s, not for %s/%s", caller->repository.ns,
		    caller->repository.repo, access->repository->ns,
		    access->repository->repo);
	if (access->need != caller->access)
		return err_set(err, RC_UNAUTHORIZED,
		    "the token permits %s access, the request needs %s access",
		    token_access_name(caller->access),
		    token_access_name(access->need));
	r = verify_token(auth, a, caller, err);
	caller->bound = r == RC_OK;
	return r;
}

enum result
auth_image_access(const struct auth *auth, struct arena *a,
    const struct caller *caller, const char *id, struct err *err)
{
	struct question q = {.auth = auth, .caller = caller};
	struct str answer;
	struct json *doc;
	const char *why;
	enum result r;

	if (auth->mode != AUTH_INDEX || caller == NULL || !caller->bound)
		return RC_OK;
	if (!v1name_is_image_id(str_of(id)))
		return err_set(err, RC_UNAUTHORIZED, "%s is not an image id", id);
	q.rest = arena_printf(a, "layer/%s/access", id);
	r = ask_index(a, &q, &answer, err);
	if (r != RC_OK)
		return r;
	if (!json_parse(a, answer, &doc, &why))
		return err_set(err, RC_UPSTREAM,
		    "the index must answer with JSON whether image %s may be used: %s",
		    id, why);
	if (!json_is_true(json_get(doc, "access")))
		return err_set(err, RC_UNAUTHORIZED,
		    "the index refuses access to image %s", id);
	return RC_OK;
}
