/* service.c: see service.h. */
#include "ops/service.h"

#include "api/call.h"
#include "auth/auth.h"
#include "base/jsonw.h"
#include "mirror/mirror.h"
#include "registry/status.h"

enum result
ops_get_root(struct call *c)
{
	const char *text = c->options->issue;
	struct jsonw w;
	struct buf b;

	if (text == NULL)
		text = arena_printf(c->task.arena, "docker-registry server (%s)",
		    c->options->flavor);
	buf_init(&b, c->task.arena, 64 << 10);
	jsonw_init(&w, buf_sink(&b));
	jsonw_text(&w, text);
	reply_json(c->rp, 200, buf_str(&b));
	return RC_OK;
}

/* A docker that reads True sends its password to the registry, else a token. */
static const char *
standalone_value(const struct call *c)
{
	const struct auth *auth = c->task.reg->auth;

	if (mirror_is_on(c->task.reg))
		return "mirror";
	if (!c->options->standalone || auth->mode != AUTH_OPEN)
		return "False";
	return "True";
}

enum result
ops_get_ping(struct call *c)
{
	const char *about = c->options->about;

	reply_header(c->rp, "X-Docker-Registry-Standalone", standalone_value(c));
	reply_json(c->rp, 200, str_of(about == NULL ? "true" : about));
	return RC_OK;
}

/* True: a service fails. */
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
ops_get_status(struct call *c)
{
	struct status services[STATUS_SERVICES];
	struct jsonw w;
	struct buf b;
	bool failed;

	status_get(&c->task, services);
	buf_init(&b, c->task.arena, 64 << 10);
	jsonw_init(&w, buf_sink(&b));
	jsonw_object(&w);
	failed = write_status(&w, services);
	jsonw_key(&w, "host");
	jsonw_str(&w, request_header(c->rq, "Host"));
	jsonw_end(&w);
	reply_json(c->rp, failed ? 503 : 200, buf_str(&b));
	return RC_OK;
}
