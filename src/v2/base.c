/* base.c: see base.h. */
#include "v2/base.h"

enum result
v2_get_base(struct request *rq, struct reply *rp)
{
	(void)rq;
	reply_json(rp, 200, str_of("{}"));
	return RC_OK;
}
