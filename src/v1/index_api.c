/* index_api.c: see index_api.h. */
#include "v1/index_api.h"

#include "auth/auth.h"
#include "base/clock.h"
#include "images/repository.h"
#include "v1/v1.h"

static const char *
own_token(struct call *c, enum token_access access)
{
	return token_new(c->task.arena, c->task.reg->auth->secret, &c->args.v1name,
	    access, clock_now());
}

/* Without these headers a docker neither pushes nor pulls. */
static void
set_token_headers(struct call *c, const char *token)
{
	const char *endpoints = c->options->endpoints;

	if (endpoints == NULL)
		endpoints = str_dup(c->task.arena, request_header(c->rq, "Host"));
	reply_header(c->rp, "X-Docker-Token", token);
	reply_header(c->rp, "WWW-Authenticate", token);
	reply_header(c->rp, "X-Docker-Endpoints", endpoints);
}

/* With check_tokens, nginx asks for a password by path (doc/tokens.md), but not in
 * paths to tags and properties. Paths to repositories with such names look the same:
 * PUT "team/properties/", GET "team/tags/images". No token is given for them. */
static enum result
check_ending(struct call *c, const char *ending)
{
	if (c->task.reg->auth->mode == AUTH_OWN &&
	    str_ends(str_of(c->args.repository), ending))
		return err_set(&c->err, RC_BAD_NAME,
		    "with check_tokens no repository can be called ...%s: choose "
		    "another name",
		    ending);
	return RC_OK;
}

static enum result
announce_images(struct call *c, const char *no_ending)
{
	enum result r = check_ending(c, no_ending);

	if (r == RC_OK)
		r = repository_announce(&c->task, &c->args.v1name, c->body);
	if (r == RC_OK)
		set_token_headers(c, own_token(c, TOKEN_WRITE));
	return r;
}

enum result
v1_put_repository(struct call *c)
{
	enum result r = announce_images(c, "/properties");

	if (r == RC_OK)
		reply_json(c->rp, 200, str_of("\"\""));
	return r;
}

enum result
v1_put_images(struct call *c)
{
	enum result r = announce_images(c, "/tags");

	if (r == RC_OK)
		reply_none(c->rp, 204);
	return r;
}

enum result
v1_get_images(struct call *c)
{
	struct str images, token;
	enum result r = check_ending(c, "/tags");

	if (r != RC_OK)
		return r;
	r = repository_images(&c->task, &c->args.v1name, &images, &token);
	if (r != RC_OK)
		return r;
	reply_json(c->rp, 200, images);
	/* the token of the upstream is for the upstream, in the calls that follow */
	set_token_headers(c,
	    token.n > 0 ? str_dup(c->task.arena, token) : own_token(c, TOKEN_READ));
	return RC_OK;
}

enum result
v1_delete_images(struct call *c)
{
	enum result r = check_ending(c, "/tags");

	if (r != RC_OK)
		return r;
	reply_none(c->rp, 204);
	set_token_headers(c, own_token(c, TOKEN_DELETE));
	return RC_OK;
}

enum result
v1_put_auth(struct call *c)
{
	reply_json(c->rp, 200, str_of("\"OK\""));
	return RC_OK;
}
