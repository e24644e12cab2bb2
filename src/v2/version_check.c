/* version_check.c: see version_check.h. */
#include "v2/version_check.h"

#include "api/call.h"

enum result
v2_check_version(struct call *c)
{
	reply_json(c->rp, 200, str_of("{}"));
	return RC_OK;
}
