/* admit.c: see admit.h. */
#include "v1/admit.h"

#include <string.h>
#include <strings.h>

#include "api/route.h"
#include "auth/auth.h"
#include "images/access.h"
#include "images/repository.h"
#include "v1/v1.h"

static enum token_access
access_of(enum permission need)
{
	switch (need) {
	case MAY_PUSH:
		return TOKEN_WRITE;
	case MAY_DELETE:
		return TOKEN_DELETE;
	default:
		return TOKEN_READ;
	}
}

/* Those that a signature covers; the name as nginx hands it on, "X_DOCKER_...". */
static size_t
signed_headers(const struct request *rq, struct privileged_header *out)
{
	size_t i, n = 0;

	for (i = 0; i < rq->n_headers; i++) {
		const struct header *h = &rq->headers[i];

		if (h->name_len < 9 || strncasecmp(h->name, "X", 1) != 0 ||
		    strncasecmp(h->name + 2, "Docker", 6) != 0)
			continue;
		out[n].name = str_make(h->name, h->name_len);
		out[n++].value = str_of(h->value);
	}
	return n;
}

static void
take_signed(const struct request *rq, struct privileged_request *out)
{
	struct str path = rq->target_text;
	struct privileged_header *headers = arena_alloc(
	    rq->arena, (rq->n_headers + 1) * sizeof(*headers));

	out->method = rq->method;
	out->path = str_cut(&path, '?');
	out->signature = request_header(rq, "X-Signature");
	out->headers = headers;
	out->n_headers = signed_headers(rq, headers);
}

static bool
names_repository(const struct request *rq)
{
	return strstr(rq->route->pattern, "*name") != NULL;
}

static enum result
ask(struct request *rq, struct caller *caller)
{
	struct auth_request asked = {
	    .authorization = request_header(rq, "Authorization"),
	    .need = access_of(rq->route->permission)};
	struct v1name name;
	enum result r = RC_OK;

	take_signed(rq, &asked.request);
	if (names_repository(rq)) {
		r = v1_repo_arg(rq, &name);
		asked.repository = &name;
	}
	if (r == RC_OK)
		r = auth_admit(
		    rq->registry->auth, rq->arena, &asked, caller, &rq->err);
	if (r == RC_OK && asked.repository != NULL)
		r = access_repository(
		    task_with_caller(request_task(rq), caller), &name);
	return r;
}

/* The index asks for no token; one that is shown all the same, unchecked, says in whose
 * name. */
static enum result
look_at_token(struct request *rq, struct caller *caller)
{
	const struct auth_request shown = {
	    .authorization = request_header(rq, "Authorization")};
	struct v1name name;
	enum result r = v1_repo_arg(rq, &name);

	if (r == RC_OK)
		r = auth_admit(&auth_open, rq->arena, &shown, caller, &rq->err);
	if (r == RC_OK)
		r = access_repository(
		    task_with_caller(request_task(rq), caller), &name);
	return r;
}

/* Done once for each request, so that the repository that was admitted is the one that
 * is used. Malformed names are left to the handler to refuse. */
static enum result
resolve_name(struct request *rq)
{
	struct v1name name;
	struct err ignored;
	enum result r;

	if (!names_repository(rq) ||
	    v1name_parse(rq->arena, rq->arg[0], &name, &ignored) != RC_OK)
		return RC_OK;
	r = repository_resolve_name(request_task(rq), &name);
	if (r == RC_OK)
		rq->arg[0] = str_of(v1name_full(rq->arena, &name));
	return r;
}

enum result
v1_admit(struct request *rq)
{
	struct caller *caller = arena_alloc(rq->arena, sizeof(*caller));
	enum result r = resolve_name(rq);

	if (r != RC_OK)
		return r;
	caller->authorization = request_header(rq, "Authorization");
	if (rq->route->index_call && !v1_options(rq)->standalone)
		return err_set(&rq->err, RC_NO_ROUTE, "another index answers this");
	if (!rq->route->index_call && rq->route->permission != MAY_ANYTHING)
		r = ask(rq, caller);
	else if (rq->route->index_call && names_repository(rq))
		r = look_at_token(rq, caller);
	caller->via = request_header(rq, "Via");
	rq->caller = caller;
	return r;
}
