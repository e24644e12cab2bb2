/* authenticate.c: see authenticate.h. */
#include "v1/authenticate.h"

#include <string.h>
#include <strings.h>

#include "auth/auth.h"
#include "images/access.h"
#include "images/repository.h"

/* The headers that a signature covers. nginx passes their names on as "X_DOCKER_...". */
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

static struct privileged_request
signed_request(const struct request *rq)
{
	struct str path = rq->target;
	struct privileged_header *headers = arena_alloc(
	    rq->arena, (rq->n_headers + 1) * sizeof(*headers));

	return (struct privileged_request){.method = rq->method,
	    .path = str_cut(&path, '?'),
	    .signature = request_header(rq, "X-Signature"),
	    .headers = headers,
	    .n_headers = signed_headers(rq, headers)};
}

enum result
v1_authenticate(struct call *c)
{
	const struct auth_request shown = {.request = signed_request(c->rq),
	    .authorization = request_header(c->rq, "Authorization")};

	if (c->route->index_call && !c->options->standalone)
		return err_set(&c->err, RC_NO_ROUTE,
		    "this path belongs to docker's index, which this registry is not "
		    "(standalone: false)");
	auth_authenticate(c->task.reg->auth, c->task.arena, &shown, &c->caller);
	c->caller.via = request_header(c->rq, "Via");
	return RC_OK;
}

enum result
v1_read_name(struct call *c, struct str text)
{
	enum result r = v1name_parse(c->task.arena, text, &c->args.v1name, &c->err);

	if (r == RC_OK)
		r = repository_resolve_name(&c->task, &c->args.v1name);
	if (r == RC_OK)
		c->args.repository = v1name_full(c->task.arena, &c->args.v1name);
	return r;
}

enum result
v1_may_see(struct call *c)
{
	if (c->args.repository == NULL)
		return RC_OK;
	return access_repository(&c->task, &c->args.v1name);
}
