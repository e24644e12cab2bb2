/* index.c: see index.h. */
#include "v1/index.h"

#include "auth/auth.h"
#include "base/clock.h"
#include "images/repository.h"
#include "v1/v1.h"

static const char *
own_token(struct request *rq, const struct v1name *name, enum token_access access)
{
	return token_new(
	    rq->arena, rq->registry->auth->secret, name, access, clock_now());
}

/* Without the token and the endpoints a docker neither pushes nor pulls. */
static void
invite(struct request *rq, struct reply *rp, const char *token)
{
	const char *endpoints = v1_options(rq)->endpoints;

	if (endpoints == NULL)
		endpoints = str_dup(rq->arena, request_header(rq, "Host"));
	reply_header(rp, "X-Docker-Token", token);
	reply_header(rp, "WWW-Authenticate", token);
	reply_header(rp, "X-Docker-Endpoints", endpoints);
}

/* With check_tokens, nginx asks for a password by path (doc/tokens.md), but not in
 * paths to tags and properties. Paths to repositories with such names look the same:
 * PUT "team/properties/", GET "team/tags/images". No token is given for them. */
static enum result
invited_name(struct request *rq, const char *ending, struct v1name *name)
{
	const struct auth *auth = rq->registry->auth;
	enum result r = v1_repo_arg(rq, name);

	if (r == RC_OK && auth->mode == AUTH_OWN &&
	    str_ends(str_of(v1name_full(rq->arena, name)), ending))
		return err_set(&rq->err, RC_BAD_NAME,
		    "with check_tokens no repository can be called ...%s: choose "
		    "another name",
		    ending);
	return r;
}

static enum result
announce(struct request *rq, struct reply *rp, const char *no_ending)
{
	struct v1name name;
	enum result r = invited_name(rq, no_ending, &name);

	if (r == RC_OK)
		r = repository_announce(request_task(rq), &name, rq->body);
	if (r == RC_OK)
		invite(rq, rp, own_token(rq, &name, TOKEN_WRITE));
	return r;
}

enum result
v1_put_repository(struct request *rq, struct reply *rp)
{
	enum result r = announce(rq, rp, "/properties");

	if (r == RC_OK)
		reply_json(rp, 200, str_of("\"\""));
	return r;
}

enum result
v1_put_images(struct request *rq, struct reply *rp)
{
	enum result r = announce(rq, rp, "/tags");

	if (r == RC_OK)
		reply_none(rp, 204);
	return r;
}

enum result
v1_get_images(struct request *rq, struct reply *rp)
{
	struct v1name name;
	struct str images, token;
	enum result r = invited_name(rq, "/tags", &name);

	if (r != RC_OK)
		return r;
	r = repository_images(request_task(rq), &name, &images, &token);
	if (r != RC_OK)
		return r;
	reply_json(rp, 200, images);
	/* the upstream's token is for the upstream, through the calls that follow */
	invite(rq, rp,
	    token.n > 0 ? str_dup(rq->arena, token)
			: own_token(rq, &name, TOKEN_READ));
	return RC_OK;
}

enum result
v1_delete_images(struct request *rq, struct reply *rp)
{
	struct v1name name;
	enum result r = invited_name(rq, "/tags", &name);

	if (r != RC_OK)
		return r;
	reply_none(rp, 204);
	invite(rq, rp, own_token(rq, &name, TOKEN_DELETE));
	return RC_OK;
}

enum result
v1_put_auth(struct request *rq, struct reply *rp)
{
	struct v1name name;
	enum result r = v1_repo_arg(rq, &name);

	if (r == RC_OK)
		reply_json(rp, 200, str_of("\"OK\""));
	return r;
}
