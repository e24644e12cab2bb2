/* index.c: see index.h. */
#include "v1/index.h"

#include "auth/token.h"
#include "registry/repository.h"
#include "v1/v1.h"

/* Without the token and the endpoints a docker neither pushes nor pulls. */
static void
invite(struct request *rq, struct reply *rp, const struct repo_name *name,
    enum token_access access)
{
	const char *token = token_new(rq->arena, name, access);
	const char *endpoints = v1_options(rq)->endpoints;

	if (endpoints == NULL)
		endpoints = str_dup(rq->arena, request_header(rq, "Host"));
	reply_header(rp, "X-Docker-Token", token);
	reply_header(rp, "WWW-Authenticate", token);
	reply_header(rp, "X-Docker-Endpoints", endpoints);
}

static enum result
announce(struct request *rq, struct reply *rp)
{
	struct repo_name name;
	enum result r = v1_repo_arg(rq, &name);

	if (r == RC_OK)
		r = repository_announce(
		    rq->registry, rq->arena, &name, rq->body, &rq->err);
	if (r == RC_OK)
		invite(rq, rp, &name, TOKEN_WRITE);
	return r;
}

enum result
v1_put_repository(struct request *rq, struct reply *rp)
{
	enum result r = announce(rq, rp);

	if (r == RC_OK)
		reply_json(rp, 200, str_of("\"\""));
	return r;
}

enum result
v1_put_images(struct request *rq, struct reply *rp)
{
	enum result r = announce(rq, rp);

	if (r == RC_OK)
		reply_none(rp, 204);
	return r;
}

enum result
v1_get_images(struct request *rq, struct reply *rp)
{
	struct repo_name name;
	struct str images;
	enum result r = v1_repo_arg(rq, &name);

	if (r == RC_OK)
		r = repository_images(
		    rq->registry, rq->arena, &name, &images, &rq->err);
	if (r != RC_OK)
		return r;
	reply_json(rp, 200, images);
	invite(rq, rp, &name, TOKEN_READ);
	return RC_OK;
}

enum result
v1_delete_images(struct request *rq, struct reply *rp)
{
	struct repo_name name;
	enum result r = v1_repo_arg(rq, &name);

	if (r != RC_OK)
		return r;
	reply_none(rp, 204);
	invite(rq, rp, &name, TOKEN_DELETE);
	return RC_OK;
}

enum result
v1_delete_repository(struct request *rq, struct reply *rp)
{
	struct repo_name name;
	enum result r = v1_repo_arg(rq, &name);

	if (r == RC_OK)
		r = repository_remove(rq->registry, rq->arena, &name, &rq->err);
	if (r == RC_OK)
		reply_json(rp, 200, str_of("true"));
	return r;
}

enum result
v1_put_auth(struct request *rq, struct reply *rp)
{
	struct repo_name name;
	enum result r = v1_repo_arg(rq, &name);

	if (r == RC_OK)
		reply_json(rp, 200, str_of("\"OK\""));
	return r;
}
