/* users.c: see users.h. */
#include "v1/users.h"

#include "base/json.h"

enum result
v1_get_users(struct request *rq, struct reply *rp)
{
	(void)rq;
	reply_json(rp, 200, str_of("\"OK\""));
	return RC_OK;
}

static enum result
check_json(struct request *rq)
{
	struct json *doc;
	const char *why;

	if (json_parse(rq->arena, rq->body, &doc, &why))
		return RC_OK;
	return err_set(&rq->err, RC_BAD_JSON, "account: %s", why);
}

enum result
v1_post_users(struct request *rq, struct reply *rp)
{
	enum result r = check_json(rq);

	if (r == RC_OK)
		reply_json(rp, 201, str_of("\"User Created\""));
	return r;
}

enum result
v1_put_user(struct request *rq, struct reply *rp)
{
	(void)rq;
	reply_none(rp, 204);
	return RC_OK;
}
