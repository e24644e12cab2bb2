/* api.c: see api.h. */
#include "lib/api.h"

#include "base/buf.h"
#include "base/log.h"
#include "store/content.h"

#define HEADERS_MAX 16

#define ROUTES_MAX 64

struct tested api_tested;

struct v1_options api_options = {.flavor = "dev", .standalone = true};

unsigned bodies_read;

static bool route_seen[ROUTES_MAX];

struct reply *last_reply;

void
setup_api(const struct tested *what)
{
	api_tested = *what;
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
read_body(struct request *rq, size_t limit, struct str *out)
{
	const struct sent_request *call = rq->reader;

	bodies_read++;
	if (call->body.n > limit)
		return err_set(
		    &rq->err, RC_TOO_LARGE, "more than %zu bytes", limit);
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

static void
mark_route(const struct route *route)
{
	size_t i;

	for (i = 0; i < api_tested.api->n_routes; i++)
		if (route == &api_tested.api->routes[i])
			route_seen[i] = true;
}

struct reply *
send_call(struct sent_request *call)
{
	struct header *headers = arena_alloc(arena, HEADERS_MAX * sizeof(*headers));
	struct reply *rp = arena_alloc(arena, sizeof(*rp));
	struct request *rq = arena_alloc(arena, sizeof(*rq));

	*rq = (struct request){.arena = arena,
	    .registry = &reg,
	    .options = &api_options,
	    .id = "0123",
	    .method = call->method,
	    .target_text = str_of(call->target),
	    .headers = headers,
	    .n_headers = parse_headers(call->headers, headers),
	    .length = call->length,
	    .note = call->note,
	    .read_body = read_body,
	    .reader = call};
	if (call->has_body)
		rq->length = call->chunked ? -1 : (int64_t)call->body.n;
	if (call->body.n > 0 && call->pass == PASS_SERVE &&
	    api_tested.is_upload(call))
		rq->body_file = make_body(call->body);
	dispatch(rq, rp, call->pass);
	if (rq->body_file != NULL)
		(void)unlink(rq->body_file);
	mark_route(rq->route);
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

void
check_methods(const char *other, const char *refusal)
{
	size_t i;

	for (i = 0; i < api_tested.api->n_routes; i++) {
		const struct route *route = &api_tested.api->routes[i];
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
		ok(route_seen[i], "%s %s was among the rows", route->method,
		    route->pattern);
	}
}
