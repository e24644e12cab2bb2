/* api_v1.c: see api_v1.h. */
#include "lib/api_v1.h"

#include "lib/registry.h"

#include "v1/routes.h"

static bool
v1_is_upload(const struct sent_request *call)
{
	const char *layer = strstr(call->target, "/layer");

	return layer != NULL && strcmp(call->method, "PUT") == 0 &&
	       strcmp(layer, "/layer") == 0;
}

static const char *
v1_common_fault(const struct reply *rp, const char *body, const char *want_headers)
{
	static const char kept_for_a_year[] =
	    "Cache-Control: ~, max-age=31536000\nExpires: ~ GMT\nPragma:\n"
	    "Last-Modified: Thu, 01 Jan 1970 00:00:00 GMT";
	static const char not_kept[] =
	    "Cache-Control: no-cache\nPragma: no-cache\nExpires: -1";
	bool kept = strstr(want_headers, "max-age=31536000") != NULL;
	const char *fault = headers_fault(rp,
	    "X-Docker-Registry-Version: 0.9.1\n"
	    "X-Docker-Registry-Config: dev\nSet-Cookie:");

	if (fault == NULL)
		fault = headers_fault(rp, kept ? kept_for_a_year : not_kept);
	if (fault == NULL && *body != '\0' && rp->kind != REPLY_CONTENT)
		fault = header_fault(rp, "Content-Type", "application/json");
	if (fault == NULL && rp->status >= 400)
		fault = header_fault(rp, "X-Request-Id", "0123");
	return fault;
}

const struct tested api_v1 = {&v1_api, true, v1_is_upload, v1_common_fault};

void
setup_v1(void)
{
	setup_api(&api_v1);
	reindex_all();
}
