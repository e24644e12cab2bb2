/* clients.c: see clients.h. */
#include "v2/clients.h"

#include <string.h>

#include "registry/registry.h"

/* Is it a docker of one of these versions ("1.9": 1.9.0, 1.9.1 ...)? */
static bool
is_docker(const struct request *rq, const char *const *versions, size_t n)
{
	struct str agent = request_header(rq, "User-Agent");
	struct str product = str_cut(&agent, ' '), rest;
	size_t i;

	if (!str_starts(product, "docker/"))
		return false;
	product = str_make(product.p + 7, product.n - 7);
	for (i = 0; i < n; i++) {
		rest = product;
		if (!str_starts(rest, versions[i]))
			continue;
		rest.p += strlen(versions[i]);
		rest.n -= strlen(versions[i]);
		if (rest.n == 0 || rest.p[0] == '.')
			return true;
	}
	return false;
}

#define IS_DOCKER(rq, versions) \
	is_docker(rq, versions, sizeof(versions) / sizeof((versions)[0]))

static bool
looks_with_go(const struct request *rq)
{
	return str_is(request_header(rq, "User-Agent"), "Go 1.1 package http");
}

bool
clients_know_only_schema1(const struct request *rq)
{
	static const char *const versions[] = {"1.6", "1.7", "1.8", "1.9"};

	return IS_DOCKER(rq, versions);
}

bool
clients_without_v2(const struct call *c)
{
	static const char *const versions[] = {
	    "1.0", "1.1", "1.2", "1.3", "1.4", "1.5"};

	return looks_with_go(c->rq) || IS_DOCKER(c->rq, versions) ||
	       (c->task.reg->no_schema1 && clients_know_only_schema1(c->rq));
}

bool
clients_know_schema2(const struct request *rq)
{
	static const char *const versions[] = {
	    "1.10", "1.11", "1.12", "1.13", "17", "18", "19"};

	return IS_DOCKER(rq, versions);
}
