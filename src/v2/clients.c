/* clients.c: see clients.h. */
#include "v2/clients.h"

bool
clients_without_v2(const struct request *rq)
{
	static const char *const versions[] = {
	    "docker/1.3", "docker/1.4", "docker/1.5"};
	struct str agent = request_header(rq, "User-Agent");
	struct str product = str_cut(&agent, ' ');
	size_t i;

	if (str_is(product, "Go"))
		return str_is(agent, "1.1 package http");
	for (i = 0; i < sizeof(versions) / sizeof(versions[0]); i++)
		if (str_is(product, versions[i]) ||
		    str_starts(
			product, arena_printf(rq->arena, "%s.", versions[i])))
			return true;
	return false;
}

bool
clients_know_schema2(const struct request *rq)
{
	static const char *const dockers[] = {"docker/1.10.", "docker/1.11.",
	    "docker/1.12.", "docker/1.13.", "docker/17.", "docker/18.",
	    "docker/19."};
	struct str agent = request_header(rq, "User-Agent");
	size_t i;

	for (i = 0; i < sizeof(dockers) / sizeof(dockers[0]); i++)
		if (str_starts(agent, dockers[i]))
			return true;
	return false;
}
