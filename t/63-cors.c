/* 63-cors.c: which page may read an answer (the Fetch standard, "CORS protocol"), with
 * the options of docker-registry 0.9. */
#include <string.h>

#include "base/buf.h"
#include "http/cors.h"
#include "unit-test.h"

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
	const char
	    *want; /* "Header: value\n" of all that were set, in their order */
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
    {"told to caches", {.origins = one, .vary_header = true}, NULL, SITE, NULL,
	NULL, VARY ORIGIN(SITE)},
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
    {"OPTIONS that is none", {.origins = one, .methods = "GET, PUT"}, "OPTIONS",
	SITE, NULL, NULL, ORIGIN(SITE)},
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

static void
test_rows(void)
{
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(headers_of(&rows[i]), rows[i].want, "%s", rows[i].what);
}

int
main(void)
{
	static void (*const tests[])(void) = {test_rows, test_injection};

	return run_tests(tests, COUNT(tests));
}
