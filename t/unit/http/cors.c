/* cors.c: which page may read an answer (the Fetch standard, "CORS protocol"), with
 * the options of docker-registry 0.9; and which may change something. */
#include <string.h>

#include "base/buf.h"
#include "http/cors.h"
#include "http/origin.h"
#include "http/site.h"
#include "lib/unit.h"

#define SITE  "https://site.example"
#define OTHER "https://other.example"

static const char *const one[] = {SITE, NULL};
static const char *const two[] = {SITE, "http://localhost:8080", NULL};
static const char *const any[] = {"*", NULL};

struct row {
	const char *what;
	struct cors cors;
	const char *method; /* NULL: GET */
	const char *origin, *wants_method,
	    *wants_headers; /* of the request; NULL: none */
	/* "Header: value\n" of all that were set, in their order */
	const char *want;
};

#define ORIGIN(value) "Access-Control-Allow-Origin: " value "\n"
#define TRUSTED       "Access-Control-Allow-Credentials: true\n"
#define VARY          "Vary: Origin\n"
#define METHODS       "Access-Control-Allow-Methods: GET, PUT\n"

static const struct row rows[] = {
    {"off", {0}, NULL, SITE, "GET", NULL, ""},
    {"of one", {.origins = one}, NULL, SITE, NULL, NULL, ORIGIN(SITE)},
    {"another", {.origins = one}, NULL, OTHER, NULL, NULL, ""},
    {"a prefix", {.origins = one}, NULL, "https://site.exampl", NULL, NULL, ""},
    {"one that goes on", {.origins = one}, NULL, SITE ".evil.example", NULL, NULL,
	""},
    {"in capitals", {.origins = one}, NULL, "HTTPS://SITE.EXAMPLE", NULL, NULL, ""},
    {"null", {.origins = one}, NULL, "null", NULL, NULL, ""},
    {"the second of two", {.origins = two}, NULL, "http://localhost:8080", NULL,
	NULL, ORIGIN("http://localhost:8080")},
    {"any", {.origins = any}, NULL, OTHER, NULL, NULL, ORIGIN(OTHER)},
    {"any, as *", {.origins = any, .send_wildcard = true}, NULL, OTHER, NULL, NULL,
	ORIGIN("*")},
    {"* is not for credentials",
	{.origins = any, .send_wildcard = true, .supports_credentials = true}, NULL,
	OTHER, NULL, NULL, ORIGIN(OTHER) TRUSTED},
    {"credentials", {.origins = one, .supports_credentials = true}, NULL, SITE,
	NULL, NULL, ORIGIN(SITE) TRUSTED},
    {"not another's", {.origins = one, .supports_credentials = true}, NULL, OTHER,
	NULL, NULL, ""},
    {"no origin", {.origins = one}, NULL, NULL, NULL, NULL, ""},
    {"always", {.origins = one, .always_send = true}, NULL, NULL, NULL, NULL,
	ORIGIN(SITE)},
    {"always, of two none is right", {.origins = two, .always_send = true}, NULL,
	NULL, NULL, NULL, ""},
    {"always, of any", {.origins = any, .always_send = true}, NULL, NULL, NULL,
	NULL, ORIGIN("*")},
    {"always, to those who are trusted",
	{.origins = any, .always_send = true, .supports_credentials = true}, NULL,
	NULL, NULL, NULL, ""},
    {"always is not another's", {.origins = one, .always_send = true}, NULL, OTHER,
	NULL, NULL, ""},
    {"for caches", {.origins = one, .vary_header = true}, NULL, SITE, NULL, NULL,
	VARY ORIGIN(SITE)},
    {"of a refusal too", {.origins = one, .vary_header = true}, NULL, OTHER, NULL,
	NULL, VARY},
    {"not of *", {.origins = any, .send_wildcard = true, .vary_header = true}, NULL,
	OTHER, NULL, NULL, ORIGIN("*")},
    {"shown headers", {.origins = one, .expose_headers = "X-A, X-B"}, NULL, SITE,
	NULL, NULL, ORIGIN(SITE) "Access-Control-Expose-Headers: X-A, X-B\n"},
    {"preflight", {.origins = one, .methods = "GET, PUT", .expose_headers = "X-A"},
	"OPTIONS", SITE, "PUT", NULL, ORIGIN(SITE) METHODS},
    {"with the headers that it asks for", {.origins = one, .methods = "GET, PUT"},
	"OPTIONS", SITE, "PUT", "x-docker-token",
	ORIGIN(SITE) METHODS "Access-Control-Allow-Headers: x-docker-token\n"},
    {"with those that are set",
	{.origins = one, .methods = "GET, PUT", .headers = "Authorization"},
	"OPTIONS", SITE, "PUT", "x-docker-token",
	ORIGIN(SITE) METHODS "Access-Control-Allow-Headers: Authorization\n"},
    {"for a while", {.origins = one, .methods = "GET, PUT", .max_age = 600},
	"OPTIONS", SITE, "PUT", NULL,
	ORIGIN(SITE) METHODS "Access-Control-Max-Age: 600\n"},
    {"of another", {.origins = one, .methods = "GET, PUT", .max_age = 600},
	"OPTIONS", OTHER, "PUT", NULL, ""},
    {"OPTIONS that is not a preflight", {.origins = one, .methods = "GET, PUT"},
	"OPTIONS", SITE, NULL, NULL, ORIGIN(SITE)},
    {"GET is none", {.origins = one, .methods = "GET, PUT"}, "GET", SITE, "PUT",
	NULL, ORIGIN(SITE)},
};

static size_t
add(struct header *h, const char *name, const char *value)
{
	if (value == NULL)
		return 0;
	*h = (struct header){name, strlen(name), value};
	return 1;
}

static const char *
headers_of(const struct row *row)
{
	struct header headers[3];
	struct request rq = {.arena = arena,
	    .headers = headers,
	    .method = row->method == NULL ? "GET" : row->method};
	struct reply rp;
	struct buf b;
	size_t i;

	rq.n_headers = add(headers, "ORIGIN", row->origin);
	rq.n_headers += add(headers + rq.n_headers, "ACCESS_CONTROL_REQUEST_METHOD",
	    row->wants_method);
	rq.n_headers += add(headers + rq.n_headers,
	    "ACCESS_CONTROL_REQUEST_HEADERS", row->wants_headers);
	reply_init(&rp, arena);
	cors_apply(&row->cors, &rq, &rp);
	buf_init(&b, arena, 4096);
	for (i = 0; i < rp.n_headers; i++)
		buf_printf(&b, "%s: %s\n", rp.header[i].name, rp.header[i].value);
	return b.n == 0 ? "" : b.p;
}

/* A line that ends in a header of the request ends none of the reply. */
static void
test_injection(void)
{
	static const struct row row = {"", {.origins = one, .methods = "GET, PUT"},
	    "OPTIONS", SITE, "PUT", "a\r\nSet-Cookie: x", ""};

	is_str(headers_of(&row),
	    ORIGIN(SITE) METHODS "Access-Control-Allow-Headers: aSet-Cookie: x\n",
	    "one line");
}

/* The answer depends on another header as well. */
static void
test_vary(void)
{
	const struct cors cors = {.origins = one, .vary_header = true};
	const struct request rq = {.arena = arena, .method = "GET"};
	struct reply rp;

	reply_init(&rp, arena);
	reply_header(&rp, "Vary", "Accept");
	cors_apply(&cors, &rq, &rp);
	is_str(reply_get(&rp, "Vary"), "Accept, Origin", "on both");
}

static void
test_rows(void)
{
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(headers_of(&rows[i]), rows[i].want, "%s", rows[i].what);
}

/* ---- requests that change something ---- */

#define HOST "registry.example:5000"

struct request_row {
	const char *what, *method;
	const char *site, *origin; /* Sec-Fetch-Site, Origin; NULL: not sent */
	struct cors cors;
	enum result want;
	const char *password; /* Authorization; NULL: not sent */
};

#define TRUSTED_FOR(list) \
	{ \
		.origins = one, .methods = list \
	}

static const struct request_row requests[] = {
    {"neither header", "POST", NULL, NULL, {0}, RC_OK},
    {"a page of its own", "POST", "same-origin", "https://" HOST, {0}, RC_OK},
    {"typed by the user", "POST", "none", NULL, {0}, RC_OK},
    {"a page of another site", "POST", "cross-site", OTHER, {0}, RC_OTHER_SITE},
    {"without a word of which", "POST", "cross-site", NULL, {0}, RC_OTHER_SITE},
    {"a neighbour", "POST", "same-site", "https://www.registry.example", {0},
	RC_OTHER_SITE},
    {"a word that is new", "POST", "near-by", NULL, {0}, RC_OTHER_SITE},
    {"PUT", "PUT", "cross-site", OTHER, {0}, RC_OTHER_SITE},
    {"PATCH", "PATCH", "cross-site", OTHER, {0}, RC_OTHER_SITE},
    {"DELETE", "DELETE", "cross-site", OTHER, {0}, RC_OTHER_SITE},
    {"a method that nobody knows", "MERGE", "cross-site", OTHER, {0},
	RC_OTHER_SITE},
    {"GET changes nothing", "GET", "cross-site", OTHER, {0}, RC_OK},
    {"HEAD changes nothing", "HEAD", "cross-site", OTHER, {0}, RC_OK},
    {"OPTIONS changes nothing", "OPTIONS", "cross-site", OTHER, {0}, RC_OK},

    {"an older browser, its own page", "POST", NULL, "https://" HOST, {0}, RC_OK},
    {"in capitals", "POST", NULL, "https://REGISTRY.example:5000", {0}, RC_OK},
    {"behind a proxy for TLS", "POST", NULL, "http://" HOST, {0}, RC_OK},
    {"another page", "POST", NULL, OTHER, {0}, RC_OTHER_SITE},
    {"another port", "POST", NULL, "https://registry.example", {0}, RC_OTHER_SITE},
    {"a name that goes on", "POST", NULL, "https://" HOST ".evil.example", {0},
	RC_OTHER_SITE},
    {"a name that ends so", "POST", NULL, "https://evil." HOST, {0}, RC_OTHER_SITE},
    {"a page of nowhere", "POST", NULL, "null", {0}, RC_OTHER_SITE},
    {"a host alone", "POST", NULL, HOST, {0}, RC_OTHER_SITE},

    {"trusted", "PUT", "cross-site", SITE, TRUSTED_FOR("GET, PUT"), RC_OK},
    {"trusted, an older browser", "PUT", NULL, SITE, TRUSTED_FOR("GET, PUT"),
	RC_OK},
    {"not for this method", "POST", "cross-site", SITE, TRUSTED_FOR("GET, PUT"),
	RC_OTHER_SITE},
    {"not for a part of its name", "PU", "cross-site", SITE,
	TRUSTED_FOR("GET, PUT"), RC_OTHER_SITE},
    {"not another", "PUT", "cross-site", OTHER, TRUSTED_FOR("GET, PUT"),
	RC_OTHER_SITE},
    {"not one without a name", "PUT", "cross-site", NULL, TRUSTED_FOR("PUT"),
	RC_OTHER_SITE},
    {"any", "PUT", "cross-site", OTHER, {.origins = any, .methods = "PUT"}, RC_OK},
    {"any, with the user's password", "PUT", "cross-site", OTHER,
	{.origins = any, .methods = "PUT"}, RC_OTHER_SITE, "Basic am86"},
    {"trusted, with the user's password", "PUT", "cross-site", SITE,
	TRUSTED_FOR("PUT"), RC_OK, "Basic am86"},
    {"a page of its own, with it", "PUT", "same-origin", "https://" HOST, {0},
	RC_OK, "Basic am86"},
};

static void
test_requests(void)
{
	size_t i;

	for (i = 0; i < COUNT(requests); i++) {
		const struct request_row *row = &requests[i];
		struct header headers[4];
		struct request rq = {
		    .arena = arena, .headers = headers, .method = row->method};
		struct err why;

		rq.n_headers = add(headers, "HOST", HOST);
		rq.n_headers += add(
		    headers + rq.n_headers, "SEC_FETCH_SITE", row->site);
		rq.n_headers += add(headers + rq.n_headers, "ORIGIN", row->origin);
		rq.n_headers += add(
		    headers + rq.n_headers, "AUTHORIZATION", row->password);
		is_str(err_name(site_admit(&row->cors, &rq, &why)),
		    err_name(row->want), "a request: %s", row->what);
	}
}

/* A proxy that asks nginx under another name says which one the client used; it is
 * believed if it is trusted. */
static void
test_behind_a_proxy(void)
{
	static const char *const trusted[] = {"10.0.0.1", NULL};
	static const struct {
		const char *peer, *origin;
		enum result want;
	} peers[] = {
	    {"10.0.0.1", "https://site.example", RC_OK},
	    {"10.0.0.1", "https://inner.example", RC_OTHER_SITE},
	    {"10.0.0.2", "https://site.example", RC_OTHER_SITE},
	    {"10.0.0.2", "https://inner.example", RC_OK},
	};
	const struct cors off = {0};
	size_t i;

	for (i = 0; i < sizeof(peers) / sizeof(peers[0]); i++) {
		const struct header headers[] = {{"HOST", 4, "inner.example"},
		    {"X_FORWARDED_HOST", 16, "site.example"},
		    {"ORIGIN", 6, peers[i].origin}};
		struct request rq = {.arena = arena,
		    .method = "PUT",
		    .headers = headers,
		    .n_headers = 3,
		    .by_proxy = origin_is_trusted(trusted, peers[i].peer)};
		struct err why;

		is_str(err_name(site_admit(&off, &rq, &why)),
		    err_name(peers[i].want), "a page of %s by way of %s",
		    peers[i].origin, peers[i].peer);
	}
}

int
main(void)
{
	static void (*const tests[])(void) = {test_vary, test_rows, test_injection,
	    test_requests, test_behind_a_proxy};

	return run_tests(tests, COUNT(tests));
}
