/* condition.c: conditional requests. */
#include "http/condition.h"
#include "lib/unit.h"

#define ETAG "\"sha256:0a\""

static void
test_none_match(void)
{
	static const struct {
		const char *lines[3]; /* of If-None-Match */
		bool want;
	} rows[] = {
	    {{NULL}, false},
	    {{""}, false},
	    {{ETAG}, true},
	    {{"  " ETAG "\t"}, true},
	    {{"W/" ETAG}, true},
	    {{"*"}, true},
	    {{"\"x\", " ETAG}, true},
	    {{"\"x\"," ETAG " ,\"y\""}, true},
	    {{"\"x\"", "\"y\"", "W/\"z\", " ETAG}, true},
	    {{"sha256:0a"}, true},
	    {{"W/sha256:0a"}, true},
	    {{"sha256:0a, sha256:0b"}, true},
	    {{"sha256:0b"}, false},
	    {{"\"a,*,b\""}, false},
	    {{"\"a," ETAG ",b\""}, false},
	    {{"\"a,b\", " ETAG}, true},
	    {{"\"a,b", ETAG}, true},
	    {{"\"a, " ETAG}, false},
	    {{"\""}, false},
	    {{"\"SHA256:0A\""}, false},
	    {{"\"sha256:0\""}, false},
	    {{ETAG "x"}, false},
	    {{"w/" ETAG}, false},
	    {{"\"*\""}, false},
	    {{",,"}, false},
	};
	size_t i, k;

	for (i = 0; i < COUNT(rows); i++) {
		struct header headers[4] = {{"X-If-None-Match", 15, ETAG}};
		struct request rq = {
		    .method = "GET", .headers = headers, .n_headers = 1};

		for (k = 0; k < 3 && rows[i].lines[k] != NULL; k++)
			headers[rq.n_headers++] = (struct header){
			    "IF_NONE_MATCH", 13, rows[i].lines[k]};
		ok(condition_check(&rq, ETAG) ==
			(rows[i].want ? CONDITION_NOT_MODIFIED : CONDITION_HOLDS),
		    "If-None-Match: %s, in %zu lines: %s",
		    k == 0 ? "" : rows[i].lines[k - 1], k,
		    rows[i].want ? "it is known" : "it is not");
	}
}

/* RFC 9110, section 13.2.2: If-Match first; a failed If-None-Match is 304 to those who
 * read, 412 to those who write. */
static void
test_check(void)
{
	static const struct {
		const char *method, *match, *none_match, *etag;
		enum condition want;
	} rows[] = {
	    {"GET", NULL, NULL, ETAG, CONDITION_HOLDS},
	    {"PUT", NULL, NULL, NULL, CONDITION_HOLDS},
	    {"GET", ETAG, NULL, ETAG, CONDITION_HOLDS},
	    {"GET", "sha256:0a", NULL, ETAG, CONDITION_HOLDS},
	    {"GET", "\"x\", " ETAG, NULL, ETAG, CONDITION_HOLDS},
	    {"GET", "*", NULL, ETAG, CONDITION_HOLDS},
	    {"GET", "\"x\"", NULL, ETAG, CONDITION_FAILED},
	    {"GET", "", NULL, ETAG, CONDITION_FAILED},
	    {"HEAD", "W/" ETAG, NULL, ETAG, CONDITION_FAILED},
	    {"HEAD", "\"x\"", ETAG, ETAG, CONDITION_FAILED},
	    {"GET", ETAG, ETAG, ETAG, CONDITION_NOT_MODIFIED},
	    {"HEAD", NULL, "*", ETAG, CONDITION_NOT_MODIFIED},
	    {"PUT", NULL, "*", ETAG, CONDITION_FAILED},
	    {"PUT", NULL, "*", NULL, CONDITION_HOLDS},
	    {"PUT", "*", NULL, NULL, CONDITION_FAILED},
	    {"PUT", ETAG, NULL, NULL, CONDITION_FAILED},
	    {"DELETE", NULL, "W/" ETAG, ETAG, CONDITION_FAILED},
	    {"DELETE", NULL, "\"x\"", ETAG, CONDITION_HOLDS},
	    {"DELETE", ETAG, "\"x\"", ETAG, CONDITION_HOLDS},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		struct header headers[2];
		struct request rq = {.method = rows[i].method, .headers = headers};

		if (rows[i].match != NULL)
			headers[rq.n_headers++] = (struct header){
			    "IF_MATCH", 8, rows[i].match};
		if (rows[i].none_match != NULL)
			headers[rq.n_headers++] = (struct header){
			    "IF_NONE_MATCH", 13, rows[i].none_match};
		is_int(condition_check(&rq, rows[i].etag), rows[i].want,
		    "%s of %s, If-Match: %s, If-None-Match: %s", rows[i].method,
		    rows[i].etag == NULL ? "nothing" : rows[i].etag,
		    rows[i].match == NULL ? "-" : rows[i].match,
		    rows[i].none_match == NULL ? "-" : rows[i].none_match);
		ok(condition_is_set(&rq) == (rq.n_headers > 0), "is it set");
	}
}

int
main(void)
{
	static void (*const tests[])(void) = {test_none_match, test_check};

	return run_tests(tests, COUNT(tests));
}
