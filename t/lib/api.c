/* api.c: see api.h. */
#include "lib/api.h"

#include "base/buf.h"
#include "base/log.h"
#include "ops/routes.h"
#include "store/content.h"
#include "v1/routes.h"
#include "v2/routes.h"

#define HEADERS_MAX 16

#define ROUTES_MAX 128

struct tested api_tested;

struct api_options api_options = {.flavor = "dev", .standalone = true};

unsigned bodies_read;

static const struct route *routes_seen[ROUTES_MAX];
static size_t n_routes_seen;

struct call *last_call;
struct reply *last_reply;

/* As in cmd/serve.c. */
static struct api ops;
static const struct api *const apis[] = {&v2_api, &v1_api, &ops, NULL};
static const struct serve_options options = {
    .apis = apis, .api_options = &api_options};

void
setup_api(const struct tested *what)
{
	api_tested = *what;
	ops = ops_api(&v1_api);
	setup_store(IN_MEMORY);
	make_index();
	open_registry();
	(void)log_open(
	    "/dev/null", LOG_DEBUG); /* every line is written, no one reads */
}

int
teardown_api(void)
{
	close_registry();
	return teardown_store();
}

static enum result
read_body(const struct request *rq, size_t limit, struct str *out, struct err *why)
{
	const struct sent_request *call = rq->reader;

	bodies_read++;
	if (call->body.n > limit)
		return err_set(why, RC_TOO_LARGE, "more than %zu bytes", limit);
	*out = call->body;
	return RC_OK;
}

static size_t
parse_headers(const char *lines, struct header out[HEADERS_MAX])
{
	struct str rest = str_of(lines), line, name;
	size_t n = 0;

	while (rest.n > 0 && n < HEADERS_MAX) {
		line = str_cut(&rest, '\n');
		name = str_cut(&line, ':');
		out[n++] = (struct header){
		    name.p, name.n, str_dup(arena, str_trim(line))};
	}
	return n;
}

static bool
was_seen(const struct route *route)
{
	size_t i = 0;

	while (i < n_routes_seen && routes_seen[i] != route)
		i++;
	return i < n_routes_seen;
}

static void
mark_route(const struct route *route)
{
	if (route != NULL && !was_seen(route))
		routes_seen[n_routes_seen++] = route;
}

struct reply *
send_call(struct sent_request *call)
{
	struct header *headers = arena_alloc(arena, HEADERS_MAX * sizeof(*headers));
	struct reply *rp = arena_alloc(arena, sizeof(*rp));
	struct request *rq = arena_alloc(arena, sizeof(*rq));
	struct call *c = arena_alloc(arena, sizeof(*c));

	*rq = (struct request){.arena = arena,
	    .id = "0123",
	    .method = call->method,
	    .target = str_of(call->target),
	    .headers = headers,
	    .n_headers = parse_headers(call->headers, headers),
	    .length = call->length,
	    .precheck_token = call->precheck_token,
	    .read_body = read_body,
	    .reader = call};
	if (call->has_body)
		rq->length = call->chunked ? -1 : (int64_t)call->body.n;
	if (call->body.n > 0 && call->pass == PASS_SERVE &&
	    api_tested.is_upload(call))
		rq->body_file = make_body(call->body);
	call_init(c, rq, rp, &reg, &api_options);
	(void)dispatch(&options, c, call->pass);
	if (rq->body_file != NULL)
		(void)unlink(rq->body_file);
	mark_route(c->route);
	last_call = c;
	last_reply = rp;
	return rp;
}

struct str
reply_text(const struct reply *rp)
{
	struct buf b;

	if (rp->kind == REPLY_CONTENT)
		return str_of(read_text(store_content_uri(rp->content)));
	if (rp->kind == REPLY_BYTES)
		return rp->bytes;
	buf_init(&b, arena, (size_t)16 << 20);
	(void)rp->stream(rp->stream_arg, buf_sink(&b), &err);
	return buf_str(&b);
}

struct reply *
request(
    const char *method, const char *target, const char *headers, const char *body)
{
	struct sent_request call = {.method = method,
	    .target = target,
	    .headers = headers,
	    .body = str_of(body),
	    .has_body = body != NULL,
	    .length = -1,
	    .pass = PASS_SERVE};

	return send_call(&call);
}

const char *
text_fault(const char *what, const char *got, const char *want)
{
	if (want[0] == '~' ? strstr(got, want + 1) != NULL : strcmp(got, want) == 0)
		return NULL;
	return arena_printf(arena, "%s: got %.200s, want %.200s", what, got, want);
}

const char *
header_fault(const struct reply *rp, const char *name, const char *want)
{
	const char *got = reply_get(rp, name);

	if (*want == '\0')
		return got == NULL ? NULL
				   : arena_printf(arena, "%s: %s", name, got);
	return text_fault(name, got == NULL ? "(none)" : got, want);
}

const char *
headers_fault(const struct reply *rp, const char *lines)
{
	struct header headers[HEADERS_MAX];
	size_t i, n = parse_headers(lines, headers);
	const char *fault = NULL;

	for (i = 0; fault == NULL && i < n; i++)
		fault = header_fault(rp,
		    arena_strndup(arena, headers[i].name, headers[i].name_len),
		    headers[i].value);
	return fault;
}

const char *
reply_fault(const struct reply *rp, const struct row *row)
{
	struct str text = reply_text(rp);
	const char *body = text.n == 0 ? "" : arena_strndup(arena, text.p, text.n);
	const char *headers = row->want_headers == NULL ? "" : row->want_headers;
	const char *fault;

	if (rp->status != row->status)
		return arena_printf(arena, "status: got %d (%.200s), want %d",
		    rp->status, body, row->status);
	fault = text_fault("body", body, row->want == NULL ? "" : row->want);
	if (fault == NULL)
		fault = api_tested.common_fault(rp, body, headers);
	return fault == NULL ? headers_fault(rp, headers) : fault;
}

void
check_row(const struct row *row)
{
	const char *fault = reply_fault(
	    request(row->method, row->target, row->headers, row->body), row);
	const char *head = NULL;

	if (strcmp(row->method, "GET") == 0)
		head = reply_fault(
		    request("HEAD", row->target, row->headers, row->body), row);
	if (!ok(fault == NULL && head == NULL, "%s: %s %.80s: %d", row->name,
		row->method, row->target, row->status))
		printf("# %s\n", fault == NULL ? head : fault);
}

void
check_rows(const struct row *rows, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		check_row(&rows[i]);
}

const char *
example_path(const char *pattern, const char *name)
{
	struct buf b;

	buf_init(&b, arena, strlen(pattern) + 2 * strlen(name));
	for (; *pattern != '\0'; pattern++) {
		if (*pattern != ':' && *pattern != '*') {
			buf_addc(&b, *pattern);
			continue;
		}
		buf_adds(&b, *pattern == '*' ? name : "x");
		pattern += strcspn(pattern, "/") - 1;
	}
	return b.p;
}

static void
check_methods_of(const struct api *api, const char *other, const char *refusal)
{
	size_t i;

	for (i = 0; i < api->n_routes; i++) {
		const struct route *route = &api->routes[i];
		bool pair = strstr(route->pattern, "{2") != NULL;
		const char *path = example_path(route->pattern, pair ? "x/x" : "x");
		const char *allow = arena_printf(
		    arena, "Allow: ~%s", route->method);
		const struct row rows[] = {
		    {route->method, "OPTIONS", path, NULL, NULL, 200, NULL, allow},
		    {route->method, other, path, NULL, NULL, 405, refusal, allow},
		    {route->method, "get", path, NULL, NULL, 405, refusal,
			"Allow: ~OPTIONS"},
		};

		check_rows(ROWS(rows));
		ok(was_seen(route), "%s %s was among the rows", route->method,
		    route->pattern);
	}
}

void
check_methods(const char *other, const char *refusal)
{
	check_methods_of(api_tested.api, other, refusal);
	if (api_tested.with_ops)
		check_methods_of(&ops, other, refusal);
}
