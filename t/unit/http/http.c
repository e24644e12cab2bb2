/* http.c: targets, headers and replies. */

#include "base/buf.h"
#include "http/origin.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/target.h"
#include "lib/unit.h"

/* ---- target ---- */

/* The parts, each between "<" and ">", and the query; or the error's name. */
static const char *
parts_of(struct str text)
{
	struct target t;
	enum result r = target_parse(arena, exact_copy(text), &t, &err);
	struct buf b;
	size_t i;

	if (r != RC_OK)
		return err_name(r);
	buf_init(&b, arena, SIZE_MAX);
	for (i = 0; i < t.n; i++)
		buf_printf(&b, "<%s>", printable(t.part[i]));
	if (t.query.p != NULL)
		buf_printf(&b, "?%s", printable(t.query));
	return buf_str(&b).p;
}

static void
test_paths(void)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
	    {"/", ""},
	    {"/v1/_ping", "<v1><_ping>"},
	    {"/v1/users/", "<v1><users>"},
	    {"//v1///users//", "<v1><users>"},
	    {"/a%2Fb/c%2fd", "<a/b><c/d>"},
	    {"/a%2F..%2Fb", "<a/../b>"}, /* the name's own rule refuses it */
	    {"/%76%31", "<v1>"},
	    {"/a+b%20c%2B", "<a+b c+>"},
	    {"/%252e%252e", "<%2e%2e>"},
	    {"/...", "<...>"},
	    {"/a%ff", "<a\\xff>"},
	    {"/a?", "<a>?"},
	    {"/a?b=/c/../d?e&%zz", "<a>?b=/c/../d?e&%zz"},
	    {"/?/..", "?/.."},
	    {"/a%3Fb", "<a?b>"},
	};
	static const struct str bad[] = {LIT(""), LIT("?"), LIT("v1/x"), LIT("*"),
	    LIT("http://h/v1"), LIT(" /"), LIT("/."), LIT("/.."), LIT("/a/../b"),
	    LIT("/a/./b"), LIT("/a/.."), LIT("/%2e"), LIT("/%2E%2e/x"),
	    LIT("/.%2e"), LIT("/a/%2e./"), LIT("/%"), LIT("/a%4"), LIT("/%zz"),
	    LIT("/a%2/b"), LIT("/%?"), LIT("/%00"), LIT("/a%00b"), LIT("/a\0b"),
	    LIT("/..%00"), LIT("/..?x")};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(parts_of(str_of(rows[i].text)), rows[i].want,
		    "the target %s", rows[i].text);
	for (i = 0; i < COUNT(bad); i++)
		is_str(parts_of(bad[i]), "bad_request", "no target: %s",
		    printable(bad[i]));
}

static bool
ends_in_slash(const char *text)
{
	struct target t;

	return target_parse(arena, exact_copy(str_of(text)), &t, &err) == RC_OK &&
	       t.slash;
}

static void
test_many_parts(void)
{
	struct target t;
	struct buf b;
	size_t i;

	buf_init(&b, arena, SIZE_MAX);
	for (i = 0; i < TARGET_PARTS; i++)
		buf_printf(&b, "//p%zu", i);
	buf_addc(&b, '/');
	is_int(target_parse(arena, buf_str(&b), &t, &err), RC_OK, "many parts");
	ok(t.n == TARGET_PARTS && str_is(t.part[TARGET_PARTS - 1], "p159"),
	    "all of them are there");
	buf_adds(&b, "x");
	is_int(target_parse(arena, buf_str(&b), &t, &err), RC_BAD_REQUEST,
	    "one more is too many");
	is_str(parts_of(repeated('/', 100000)), "", "100,000 slashes are none");
	ok(ends_in_slash("/") && ends_in_slash("/a/") && ends_in_slash("/a//?b") &&
		!ends_in_slash("/a") && !ends_in_slash("/a?/") &&
		!ends_in_slash("/a%2F"),
	    "a slash at the end is seen");
}

static const char *
value_of(const char *target, const char *name, bool form)
{
	struct str text = exact_copy(str_of(target)), value;
	struct target t;
	enum result r = target_parse(arena, text, &t, &err);

	if (r == RC_OK)
		r = (form ? target_query_form : target_query)(
		    arena, &t, name, &value, &err);
	if (r != RC_OK)
		return err_name(r);
	return value.p == NULL ? NULL : printable(value);
}

static void
test_queries(void)
{
	static const struct {
		const char *target, *want;
	} rows[] = {
	    {"/s", NULL},
	    {"/s?", NULL},
	    {"/s?qq=1&Q=2&=3&aq=4", NULL},
	    {"/s?q", ""},
	    {"/s?q=", ""},
	    {"/s?q=&q=2", ""},
	    {"/s?q=a", "a"},
	    {"/s?n=1&q=a&q=b", "a"},
	    {"/s?&&q=a&", "a"},
	    {"/s?q=a+b%20c%2B", "a b c+"},
	    {"/s?q=a=b==", "a=b=="},
	    {"/s?q=a;b?c/d", "a;b?c/d"},
	    {"/s?q=%00x%ff", "\\x00x\\xff"},
	    {"/s?%71=a", "a"},
	    {"/s?q%00=b&q=a", "a"},
	    {"/s?q%=b&%zz&q=a", "a"},
	    {"/s?q=a&b=%zz", "a"},
	    {"/s?q=%26%3D", "&="},
	    {"/s?q=%", "bad_request"},
	    {"/s?q=a%4", "bad_request"},
	    {"/s?q=%zz&q=a", "bad_request"},
	    {"/s?q=%&b", "bad_request"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(value_of(rows[i].target, "q", true), rows[i].want, "q of %s",
		    rows[i].target);
	is_str(value_of("/s?a%20b=1", "a b", true), "1", "a name with a blank");
	is_str(value_of("/s?a=b/c+d%20e", "a", false), "b/c+d e",
	    "a plus of no form is a plus");
}

/* At most three values of "t", each between "<" and ">"; or the error's name. */
static const char *
values_of(const char *target)
{
	struct str value[3];
	struct target_values values = {.value = value, .limit = COUNT(value)};
	struct target t;
	enum result r = target_parse(arena, exact_copy(str_of(target)), &t, &err);
	struct buf b;
	size_t i;

	if (r == RC_OK)
		r = target_query_all(arena, &t, "t", &values, &err);
	if (r != RC_OK)
		return err_name(r);
	buf_init(&b, arena, SIZE_MAX);
	buf_adds(&b, "");
	for (i = 0; i < values.n; i++)
		buf_printf(&b, "<%s>", printable(value[i]));
	return buf_str(&b).p;
}

static void
test_repeated_queries(void)
{
	static const struct {
		const char *target, *want;
	} rows[] = {
	    {"/s", ""},
	    {"/s?", ""},
	    {"/s?tt=1&T=2", ""},
	    {"/s?t=a", "<a>"},
	    {"/s?t", "<>"},
	    {"/s?t=b&x=1&t=a&t=b", "<b><a><b>"},
	    {"/s?t=&t=a%2Fb", "<><a/b>"},
	    {"/s?t=1&t=2&t=3&t=4", "<1><2><3>"},
	    {"/s?t=1&t=2&t=3&t=%", "<1><2><3>"}, /* what is left out is not read */
	    {"/s?t=1&t=%zz", "bad_request"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(values_of(rows[i].target), rows[i].want, "all t of %s",
		    rows[i].target);
}

/* ---- request ---- */

static void
test_request_headers(void)
{
#define HEADER(name, value) \
	{ \
		name, sizeof(name) - 1, value \
	}
	static const struct header headers[] = {HEADER("HOST", "h:5000"),
	    HEADER("X_DOCKER_CHECKSUM", " \tsha256:x "),
	    HEADER("X-Docker-Checksum-Payload", "a"),
	    HEADER("x-docker-checksum", "second"), HEADER("EMPTY", ""),
	    /* a name that ends at its length, not at a NUL */
	    {"RANGE=bytes", 5, "bytes=0-"}};
#undef HEADER
	struct request rq = {.headers = headers, .n_headers = COUNT(headers)};

	is_text(request_header(&rq, "Host"), "h:5000", "any case");
	is_text(request_header(&rq, "X-Docker-Checksum"), "sha256:x",
	    "the first of a name, without blanks, - as _");
	is_text(request_header(&rq, "x_docker_checksum_payload"), "a", "_ as -");
	is_text(request_header(&rq, "range"), "bytes=0-", "a name of five bytes");
	ok(!request_has_header(&rq, "RANGE=bytes") && !request_has_header(&rq, ""),
	    "and no more");
	ok(request_has_header(&rq, "empty") && request_header(&rq, "empty").n == 0,
	    "an empty header is there");
	ok(!request_has_header(&rq, "X-Docker") &&
		!request_has_header(&rq, "X-Docker-Checksum-") &&
		request_header(&rq, "X-Docker").n == 0,
	    "part of a name is none");
	rq.n_headers = 0;
	ok(!request_has_header(&rq, "Host"), "a request without headers");
}

/* nginx hands each line of a name on by itself. */
static void
test_repeated_headers(void)
{
	static const struct header headers[] = {{"ACCEPT", 6, "a"},
	    {"HOST", 4, "h"}, {"ACCEPT", 6, " b, c "}, {"Accept", 6, ""}};
	const struct request rq = {.headers = headers, .n_headers = COUNT(headers)};
	struct str value;
	struct buf b;
	size_t at = 0;

	buf_init(&b, arena, SIZE_MAX);
	while (request_next_header(&rq, "Accept", &at, &value))
		buf_printf(&b, "<%s>", printable(value));
	is_str(b.p, "<a><b, c><>", "each line, in its turn");
	ok(!request_next_header(&rq, "Accept", &at, &value), "and no more");
	at = 0;
	ok(!request_next_header(&rq, "Range", &at, &value),
	    "one that is not there");
}

/* ---- reply ---- */

static void
test_reply_headers(void)
{
	struct reply rp;
	char name[] = "X-00", value[] = "v";
	size_t i;

	reply_init(&rp, arena);
	ok(rp.status == 200 && rp.n_headers == 0 && rp.kind == REPLY_BYTES &&
		rp.bytes.n == 0,
	    "a reply at first");
	reply_header(&rp, "A", "1");
	reply_header(&rp, "B", "2");
	reply_header(&rp, "C", "3");
	reply_header(&rp, "b", "4");
	ok(rp.n_headers == 3, "a header of the same name is replaced");
	is_str(reply_get(&rp, "B"), "4", "by its new value");
	reply_drop(&rp, "a");
	reply_drop(&rp, "not_found");
	ok(rp.n_headers == 2 && reply_get(&rp, "A") == NULL, "dropped");
	is_str(reply_get(&rp, "b"), "4", "the others stay");
	is_str(reply_get(&rp, "c"), "3", "all of them");
	reply_drop(&rp, "C");
	reply_drop(&rp, "B");
	is_int(rp.n_headers, 0, "the last one dropped");
	for (i = 0; i < REPLY_HEADERS; i++) {
		(void)snprintf(name, sizeof(name), "X-%02zu", i);
		reply_header(&rp, arena_strdup(arena, name), value);
	}
	is_int(rp.n_headers, REPLY_HEADERS, "as many as there is room for");
	reply_header(&rp, "x-00", "w");
	is_int(rp.n_headers, REPLY_HEADERS, "replacing needs no room");
}

static void
test_repeated_reply_headers(void)
{
	struct reply rp;

	reply_init(&rp, arena);
	reply_add(&rp, "T", "1");
	reply_add(&rp, "t", "2\r\nX: y");
	reply_add(&rp, "T", "1");
	is_int(rp.n_headers, 3, "each that is added stands by itself");
	is_str(reply_get(&rp, "T"), "1", "the first is found");
	is_str(rp.header[1].value, "2X: y", "control characters are left out");
	reply_header(&rp, "T", "3");
	is_int(rp.n_headers, 3, "one that is set replaces one");
	is_str(reply_get(&rp, "T"), "3", "the first");
}

static void
test_reply_values(void)
{
	static const char client[] =
	    "a\r\nSet-Cookie: x=1\r\n\r\n<b>\x01\t\x7f\xff.";
	struct reply rp;

	reply_init(&rp, arena);
	reply_header(&rp, "X", client);
	is_text(str_of(reply_get(&rp, "X")), "aSet-Cookie: x=1<b>\xff.",
	    "control characters are left out");
	reply_header(&rp, "X", "\n");
	is_str(reply_get(&rp, "X"), "", "even if nothing is left");
	reply_header(&rp, "X", "a\x7f");
	is_str(reply_get(&rp, "X"), "a", "DEL is one, too");
	is_str(reply_get(&rp, "Y"), NULL, "a header that was never set");
}

static enum result
no_stream(void *arg, struct sink sink, struct err *why)
{
	(void)arg;
	return sink.write(sink.arg, "x", 1) ? RC_OK
					    : err_set(why, RC_CLIENT_GONE, "full");
}

static void
test_reply_bodies(void)
{
	struct reply rp;
	int arg;
	const struct content *content = (const void *)&arg; /* never looked into */

	reply_init(&rp, arena);
	reply_json(&rp, 201, str_of("true"));
	ok(rp.status == 201 && rp.kind == REPLY_BYTES && str_is(rp.bytes, "true"),
	    "JSON");
	is_str(reply_get(&rp, "Content-Type"), "application/json", "its type");
	reply_content(&rp, content, "application/octet-stream");
	ok(rp.status == 200 && rp.kind == REPLY_CONTENT && rp.content == content,
	    "content of the store");
	is_str(reply_get(&rp, "content-type"), "application/octet-stream",
	    "its type replaces the other");
	reply_stream(&rp, no_stream, &arg);
	ok(rp.status == 200 && rp.kind == REPLY_STREAM && rp.stream == no_stream &&
		rp.stream_arg == &arg,
	    "a stream");
	reply_none(&rp, 204);
	ok(rp.status == 204 && rp.kind == REPLY_BYTES && rp.bytes.n == 0,
	    "no body");
}

static void
test_reasons(void)
{
	static const int statuses[] = {200, 201, 202, 204, 206, 304, 400, 401, 403,
	    404, 405, 409, 411, 412, 413, 414, 416, 429, 500, 503, 507};
	size_t i, nameless = 0;

	for (i = 0; i < COUNT(statuses); i++)
		nameless += strcmp(reply_reason(statuses[i]), "Unknown") == 0;
	is_int(nameless, 0, "each status has a reason");
	is_str(reply_reason(404), "Not Found", "404");
	is_str(reply_reason(999), "Unknown", "one that nobody gives");
}

/* ---- the address for Location ---- */

static const char *const trusted[] = {"10.0.0.0/8", "unix:", NULL};

/* The headers: "Name: value", a line each. */
static const char *
url_of(const char *peer, bool https, const char *lines)
{
	struct request rq = {.arena = arena,
	    .by_proxy = origin_is_trusted(trusted, peer),
	    .https = https};
	struct header headers[8];
	struct str rest = str_of(lines), line, name;

	rq.headers = headers;
	while (rest.n > 0) {
		line = str_cut(&rest, '\n');
		name = str_cut(&line, ':');
		headers[rq.n_headers++] = (struct header){
		    name.p, name.n, str_dup(arena, str_trim(line))};
	}
	return origin_url(&rq, "/v2/x");
}

#define PROXY    "10.1.2.3"
#define STRANGER "192.0.2.7"

static void
test_origin(void)
{
	static const struct {
		const char *peer;
		bool https;
		const char *headers, *want;
	} rows[] = {
	    {STRANGER, false, "Host: r.example", "http://r.example/v2/x"},
	    {STRANGER, true, "Host: r.example", "https://r.example/v2/x"},
	    {NULL, true, "Host: r.example", "https://r.example/v2/x"},
	    {STRANGER, true, "HOST: R.example:5000", "https://R.example:5000/v2/x"},
	    {STRANGER, true, "Host: localhost:1", "https://localhost:1/v2/x"},
	    {STRANGER, true, "Host: my_host-2", "https://my_host-2/v2/x"},
	    {STRANGER, false, "Host: 192.0.2.1:65535",
		"http://192.0.2.1:65535/v2/x"},
	    {STRANGER, false, "Host: [::1]:5000", "http://[::1]:5000/v2/x"},
	    {STRANGER, false, "Host: [2001:db8::192.0.2.1]",
		"http://[2001:db8::192.0.2.1]/v2/x"},
	    /* a proxy that is not trusted */
	    {STRANGER, true, "Host: r\nX-Forwarded-Proto: http", "/v2/x"},
	    {STRANGER, true, "Host: r\nX-Forwarded-Host: evil", "/v2/x"},
	    {STRANGER, true, "Host: r\nX-Forwarded-For: 10.1.2.3", "/v2/x"},
	    {STRANGER, true, "Host: r\nVia: 1.1 p", "/v2/x"},
	    {STRANGER, true, "Host: r\nForwarded: proto=http", "/v2/x"},
	    {NULL, true, "Host: r\nX-Forwarded-Proto: http", "/v2/x"},
	    {"10.1.2.3, 192.0.2.7", true, "Host: r\nX-Forwarded-Proto: http",
		"/v2/x"},
	    /* one that is */
	    {PROXY, false, "Host: r\nX-Forwarded-Proto: https", "https://r/v2/x"},
	    {PROXY, true, "Host: r\nX-Forwarded-Proto: HTTP", "http://r/v2/x"},
	    {PROXY, false,
		"Host: inside:80\nX-Forwarded-Proto: https\n"
		"X-Forwarded-Host: r.example:444\nVia: 1.1 p",
		"https://r.example:444/v2/x"},
	    {"unix:", false, "Host: r\nX-Forwarded-Proto: https", "https://r/v2/x"},
	    {PROXY, true, "Host: r", "/v2/x"},
	    {PROXY, true, "Host: r\nX-Forwarded-Host: s", "/v2/x"},
	    {PROXY, true, "Host: r\nX-Forwarded-Proto: https, http", "/v2/x"},
	    {PROXY, true, "Host: r\nX-Forwarded-Proto: javascript", "/v2/x"},
	    {PROXY, true, "Host: r\nX-Forwarded-Proto:", "/v2/x"},
	    {PROXY, true,
		"Host: r\nX-Forwarded-Proto: https\nX-Forwarded-Host: a, b",
		"/v2/x"},
	    {PROXY, true,
		"Host: r\nX-Forwarded-Proto: https\nX-Forwarded-Host:", "/v2/x"},
	};
	static const char *const bad[] = {"", "a b", "a/b", "user@a", "u:p@a",
	    "a:", "a:0", "a:65536", "a:123456", "a:+1", "a:80:80", "a?b", "a#b",
	    "a\\b", "a,b", "<a>", "a\"", "a\rb", "a\x7f", "a%20b", "\xc3\xa9",
	    "[::1", "::1", "[]", "[x]", "[1]", "[::1]x", "[::1]:", "[::1%eth0]",
	    ":80"};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(url_of(rows[i].peer, rows[i].https, rows[i].headers),
		    rows[i].want, "row %zu: %s", i, rows[i].want);
	is_str(url_of(STRANGER, true, NULL), "/v2/x", "no Host");
	for (i = 0; i < COUNT(bad); i++)
		is_str(
		    url_of(STRANGER, true, arena_printf(arena, "Host: %s", bad[i])),
		    "/v2/x", "bad Host %zu", i);
	is_str(url_of(STRANGER, true,
		   arena_printf(arena, "Host: %s", repeated('a', 300).p)),
	    "/v2/x", "a Host that is too long");
}

int
main(void)
{
	static void (*const tests[])(void) = {test_paths, test_many_parts,
	    test_queries, test_repeated_queries, test_request_headers,
	    test_repeated_headers, test_reply_headers, test_repeated_reply_headers,
	    test_reply_values, test_reply_bodies, test_reasons, test_origin};

	return run_tests(tests, COUNT(tests));
}
