/* users.c: see users.h. */
#include "v1/users.h"

#include "api/call.h"
#include "base/json.h"

enum result
v1_get_users(struct call *c)
{
	reply_json(c->rp, 200, str_of("\"OK\""));
	return RC_OK;
}

static enum result
check_json(struct call *c)
{
	struct json *doc;
	const char *why;

	if (json_parse(c->task.arena, c->body, &doc, &why))
		return RC_OK;
	return err_set(&c->err, RC_BAD_JSON, "account: %s", why);
}

enum result
v1_post_users(struct call *c)
{
	enum result r = check_json(c);

	if (r == RC_OK)
		reply_json(c->rp, 201, str_of("\"User Created\""));
	return r;
}

enum result
v1_put_user(struct call *c)
{
	reply_none(c->rp, 204);
	return RC_OK;
}
