/* service.c: see service.h. */
#include "v1/service.h"

#include "auth/auth.h"
#include "base/jsonw.h"
#include "mirror/mirror.h"
#include "registry/status.h"
#include "v1/v1.h"

enum result
v1_get_root(struct request *rq, struct reply *rp)
{
	const struct v1_options *options = v1_options(rq);
	const char *text = options->issue;
	struct jsonw w;
	struct buf b;

	if (text == NULL)
		text = arena_printf(
		    rq->arena, "docker-registry server (%s)", options->flavor);
	buf_init(&b, rq->arena, 64 << 10);
	jsonw_init(&w, buf_sink(&b));
	jsonw_text(&w, text);
	reply_json(rp, 200, buf_str(&b));
	return RC_OK;
}

/* A docker that reads True sends the registry its password, else a token. */
static const char *
kind(struct request *rq)
{
	const struct auth *auth = rq->registry->auth;

	if (mirror_is_on(rq->registry))
		return "mirror";
	if (!v1_options(rq)->standalone || auth->mode != AUTH_OPEN)
		return "False";
	return "True";
}

enum result
v1_get_ping(struct request *rq, struct reply *rp)
{
	const char *about = v1_options(rq)->about;

	reply_header(rp, "X-Docker-Registry-Standalone", kind(rq));
	reply_json(rp, 200, str_of(about == NULL ? "true" : about));
	return RC_OK;
}

static bool
write_status(struct jsonw *w, const struct status *services)
{
	bool failed = false;
	size_t i;

	jsonw_key(w, "services");
	jsonw_array(w);
	for (i = 0; i < STATUS_SERVICES; i++)
		jsonw_text(w, services[i].service);
	jsonw_end(w);
	jsonw_key(w, "failures");
	jsonw_object(w);
	for (i = 0; i < STATUS_SERVICES; i++)
		if (services[i].failure != NULL) {
			failed = true;
			jsonw_key(w, services[i].service);
			jsonw_text(w, services[i].failure);
		}
	jsonw_end(w);
	return failed;
}

enum result
v1_get_status(struct request *rq, struct reply *rp)
{
	struct status services[STATUS_SERVICES];
	struct jsonw w;
	struct buf b;
	bool failed;

	status_get(request_task(rq), services);
	buf_init(&b, rq->arena, 64 << 10);
	jsonw_init(&w, buf_sink(&b));
	jsonw_object(&w);
	failed = write_status(&w, services);
	jsonw_key(&w, "host");
	jsonw_str(&w, request_header(rq, "Host"));
	jsonw_end(&w);
	reply_json(rp, failed ? 503 : 200, buf_str(&b));
	return RC_OK;
}
