/* route.c: which row of a table takes a request. */
#include "api/route.h"
#include "api/call.h"
#include "base/buf.h"
#include "lib/unit.h"

/* The handlers are never called: the limit says which row it is. */
static enum result
handle(struct call *c)
{
	(void)c;
	return RC_OK;
}

#define ROW(method, pattern, number) \
	{ \
		method, pattern, handle, MAY_ANYTHING, BODY_NONE, number, NULL \
	}

#define OWN(method, pattern, number) \
	{ \
		method, pattern, handle, MAY_ANYTHING, BODY_NONE, number, NULL, \
		    .own_method = true \
	}

static const struct route routes[] = {
    ROW("GET", "/", 1),
    ROW("GET", "/images/:id/json", 2),
    ROW("PUT", "/images/:id/json", 3),
    ROW("POST", "/users", 4),
    ROW("GET", "/r/*name/tags/:tag/json", 5),
    ROW("GET", "/r/*name/tags/:tag", 6),
    ROW("PUT", "/r/*name/tags/:tag", 7),
    ROW("DELETE", "/r/*name/tags/:tag", 8),
    ROW("GET", "/r/*name/tags", 9),
    ROW("PUT", "/r/*name", 10),
    ROW("GET", "/:a/:b/c/:d", 11),
    ROW("GET", "/x/special", 12),
    ROW("HEAD", "/x/:other", 13),
    ROW("GET", "/x/:other", 14),
    ROW("DELETE", "/x/special", 15),
    ROW("POST", "/n/*name/blobs/uploads", 16),
    ROW("PUT", "/n/*name/blobs/uploads/:upload", 17),
    ROW("GET", "/n/*name/blobs/:digest", 18),
    ROW("GET", "/v/*name{2,}/tags/:tag", 19),
    OWN("PUT", "/v/*name{2}/", 20),
    ROW("GET", "/v/*name/tags", 21),
    ROW("PUT", "/v/*name/auth", 22),
    ROW("GET", "/v/*name/tags/:tag", 23),
    ROW("PUT", "/v/*name/tags/:tag", 24),
    ROW("PUT", "/v/*name", 25),
};

static const struct api api = {.routes = routes, .n_routes = COUNT(routes)};

/* "number <arg>...", "Allow: ...", or "none". */
static const char *
found(const char *method, const char *target)
{
	struct request rq = {
	    .arena = arena, .method = method, .target = exact_copy(str_of(target))};
	const struct route *row;
	struct reply rp;
	struct call c;
	const char *allow = "stale", *p;
	struct buf b;
	size_t arg = 0;

	call_init(&c, &rq, &rp, NULL, NULL);
	if (target_parse(arena, rq.target, &c.target, &c.err) != RC_OK)
		return "bad target";
	row = route_find(&api, &c, &allow);
	if (row == NULL)
		return allow == NULL ? "none"
				     : arena_printf(arena, "Allow: %s", allow);
	buf_init(&b, arena, SIZE_MAX);
	buf_printf(&b, "%zu", row->limit);
	for (p = row->pattern; *p != '\0'; p++)
		if (*p == ':' || *p == '*')
			buf_printf(&b, " <%s>", printable(c.args.word[arg++]));
	return allow == NULL ? buf_str(&b).p : "a row and Allow";
}

static void
test_rows(void)
{
	static const struct {
		const char *method, *target, *want;
	} rows[] = {
	    {"GET", "/", "1"},
	    {"GET", "//", "1"},
	    {"GET", "/?q=1", "1"},
	    {"GET", "/images/8aed/json", "2 <8aed>"},
	    {"PUT", "/images/8aed/json", "3 <8aed>"},
	    {"PUT", "//images//8aed/json/?x", "3 <8aed>"},
	    {"GET", "/%69mages/%38/json", "2 <8>"},
	    {"GET", "/images/a%2Fb/json", "2 <a/b>"},
	    {"GET", "/images/:id/json", "2 <:id>"},
	    {"POST", "/users/", "4"},
	    /* the star takes one part or more, the words after it decide */
	    {"PUT", "/r/a", "10 <a>"},
	    {"PUT", "/r/a/b/c", "10 <a/b/c>"},
	    {"PUT", "/r/a%2Fb/c", "10 <a/b/c>"},
	    {"PUT", "/r//a//b/", "10 <a/b>"},
	    {"GET", "/r/a/tags", "9 <a>"},
	    {"GET", "/r/a/b/tags/", "9 <a/b>"},
	    {"GET", "/r/a/tags/t", "6 <a> <t>"},
	    {"PUT", "/r/a/b/c/tags/t%2Fu", "7 <a/b/c> <t/u>"},
	    {"GET", "/r/a/tags/t/json", "5 <a> <t>"},
	    {"GET", "/r/tags/tags/tags", "6 <tags> <tags>"},
	    {"GET", "/r/a/tags/tags", "6 <a> <tags>"},
	    {"GET", "/r/a/tags/b/tags/t", "6 <a/tags/b> <t>"},
	    {"GET", "/r/a/tags/b/tags", "9 <a/tags/b>"},
	    {"GET", "/r/tags/tags", "9 <tags>"},
	    {"PUT", "/r/tags", "10 <tags>"},
	    {"PUT", "/r/a/Tags", "10 <a/Tags>"},
	    {"GET", "/1/2/c/4", "11 <1> <2> <4>"},
	    /* the first pattern that fits names the resource */
	    {"GET", "/x/special", "12"},
	    {"DELETE", "/x/special", "15"},
	    {"GET", "/x/any", "14 <any>"},
	    /* a resource inside a resource, below a name that may hold both */
	    {"POST", "/n/a/blobs/uploads/", "16 <a>"},
	    {"PUT", "/n/a/b/blobs/uploads/u", "17 <a/b> <u>"},
	    {"GET", "/n/a/blobs/sha256:0", "18 <a> <sha256:0>"},
	    {"GET", "/n/a/blobs/uploads/blobs/x", "18 <a/blobs/uploads> <x>"},
	    {"POST", "/n/blobs/blobs/uploads", "16 <blobs>"},
	    {"PUT", "/n/a/blobs/uploads/blobs/uploads/u",
		"17 <a/blobs/uploads> <u>"},
	    {"GET", "/n/blobs/uploads/u", "none"},
	    /* names of so many parts, a slash at the end, rows for their own
	     * method alone */
	    {"GET", "/v/a/b/tags/t", "19 <a/b> <t>"},
	    {"GET", "/v/a/b/tags/tags", "19 <a/b> <tags>"},
	    {"GET", "/v/a/b/c/tags/t/", "19 <a/b/c> <t>"},
	    {"GET", "/v/a/tags/tags/auth", "19 <a/tags> <auth>"},
	    {"GET", "/v/a/tags/t", "23 <a> <t>"},
	    {"GET", "/v/a/tags/tags", "21 <a/tags>"},
	    {"HEAD", "/v/a/tags/tags/", "21 <a/tags>"},
	    {"GET", "/v/a/tags/", "21 <a>"},
	    {"PUT", "/v/a/auth", "22 <a>"},
	    {"PUT", "/v/a/auth/", "20 <a/auth>"},
	    {"PUT", "/v/a//auth//?q=/", "20 <a/auth>"},
	    {"PUT", "/v/a/auth%2F", "25 <a/auth/>"},
	    {"PUT", "/v/a/tags/", "20 <a/tags>"},
	    {"PUT", "/v/a/tags/t/", "24 <a> <t>"},
	    {"PUT", "/v/a/b/auth/", "22 <a/b>"},
	    {"PUT", "/v/auth/", "25 <auth>"},
	    {"GET", "/v/a/auth/", "Allow: PUT, OPTIONS"},
	    {"GET", "/v/a/b/", "Allow: PUT, OPTIONS"},
	    {"DELETE", "/v/a/b/tags/t", "Allow: GET, HEAD, OPTIONS"},
	    /* HEAD is answered by GET's row, or by its own before that */
	    {"HEAD", "/", "1"},
	    {"HEAD", "/r/a/tags/t", "6 <a> <t>"},
	    {"HEAD", "/x/any", "13 <any>"},
	    {"HEAD", "/x/special", "12"},
	    /* nothing */
	    {"GET", "/v1", "none"},
	    {"GET", "/images", "none"},
	    {"GET", "/images/a/b/json", "none"},
	    {"GET", "/images/a%2Fjson", "none"},
	    {"GET", "/IMAGES/a/json", "none"},
	    {"GET", "/r", "none"},
	    {"OPTIONS", "/v1", "none"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(found(rows[i].method, rows[i].target), rows[i].want, "%s %s",
		    rows[i].method, rows[i].target);
}

static void
test_allow(void)
{
	static const struct {
		const char *method, *target, *want;
	} rows[] = {
	    {"POST", "/", "Allow: GET, HEAD, OPTIONS"},
	    {"OPTIONS", "/", "Allow: GET, HEAD, OPTIONS"},
	    {"DELETE", "/images/a/json", "Allow: GET, HEAD, PUT, OPTIONS"},
	    {"GET", "/users", "Allow: POST, OPTIONS"},
	    {"HEAD", "/users", "Allow: POST, OPTIONS"},
	    {"OPTIONS", "/r/a/tags/t", "Allow: GET, HEAD, PUT, DELETE, OPTIONS"},
	    {"DELETE", "/r/a/tags", "Allow: GET, HEAD, OPTIONS"},
	    {"PUT", "/r/a/tags", "Allow: GET, HEAD, OPTIONS"},
	    {"GET", "/r/a", "Allow: PUT, OPTIONS"},
	    {"put", "/r/a", "Allow: PUT, OPTIONS"},
	    {"", "/r/a", "Allow: PUT, OPTIONS"},
	    {"GET", "/n/a/blobs/uploads", "Allow: POST, OPTIONS"},
	    /* rows of one resource, also where they stand apart */
	    {"PUT", "/x/special", "Allow: GET, HEAD, DELETE, OPTIONS"},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		is_str(found(rows[i].method, rows[i].target), rows[i].want,
		    "\"%s\" %s", rows[i].method, rows[i].target);
}

int
main(void)
{
	static void (*const tests[])(void) = {test_rows, test_allow};

	return run_tests(tests, COUNT(tests));
}
