/* limits.c: what each row of both tables may cost, and what becomes of its requests when
 * the memory or the threads for large ones are taken: those are refused before their body is
 * read, all others are served. */
#include <sqlite3.h>

#include "content/upload.h"
#include "images/search.h"
#include "lib/api_v1.h"
#include "registry/worklimit.h"
#include "store/guard.h"
#include "store/upload.h"
#include "v1/routes.h"
#include "v2/routes.h"

#define ALL ((size_t)GUARD_MEMORY_UNITS * GUARD_MEMORY_UNIT)

static const struct api *const apis[] = {&v1_api, &v2_api};

#define FOR_EACH_ROUTE(route) \
	for (size_t i = 0; i < COUNT(apis); i++) \
		for (const struct route *route = apis[i]->routes; \
		     route < apis[i]->routes + apis[i]->n_routes; route++)

/* ---- what they say ---- */

static void
test_costs(void)
{
	FOR_EACH_ROUTE(route)
	{
		size_t most = route_cost(route, -1);

		ok(most <= ALL, "%s %s: no more than there is: %zu", route->method,
		    route->pattern, most);
		if (route->body == BODY_SMALL)
			ok(most >= route->limit, "for the largest body: its bytes");
	}
}

static void
test_figures(void)
{
	const struct route none = {.body = BODY_NONE,
	    .cost = {.fixed = 100, .per_byte = 7, .limit = 5000}};
	const struct route small = {.body = BODY_SMALL,
	    .limit = 1000,
	    .cost = {.fixed = 100, .per_byte = 7, .limit = 5000}};

	is_int(route_cost(&none, 10), 100, "a body that is not read costs nothing");
	is_int(route_cost(&small, 0), 100, "none");
	is_int(route_cost(&small, 10), 170, "a small one");
	is_int(route_cost(&small, 900), 5000, "no more than the most");
	is_int(route_cost(&small, 1000000), 5000, "nor beyond the limit");
	is_int(route_cost(&small, -1), 5000, "of unknown length: as the longest");
}

/* ---- when nothing is left ---- */

/* Is a request with the longest body refused because there are too many? In an arena of
 * its own. */
static bool
is_refused(const struct route *route, enum pass pass)
{
	struct arena *kept = arena;
	struct sent_request call = {
	    .method = route->method, .length = -1, .pass = pass};
	bool refused;

	arena = arena_new();
	call.target = example_path(route->pattern, "team/app");
	if (route->body == BODY_SMALL)
		call.length = (int64_t)route->limit;
	send_call(&call);
	refused = last_reply->status == 503 &&
		  reply_get(last_reply, "Retry-After") != NULL &&
		  strstr(str_dup(arena, last_reply->bytes), "oo many requests") !=
		      NULL;
	arena_free(arena);
	arena = kept;
	return refused;
}

static bool
is_large(const struct route *route)
{
	return !route->cost.late &&
	       route_cost(route, (int64_t)route->limit) > WORKLIMIT_FREE;
}

static void
check_rows_busy(const char *why)
{
	size_t n = 0;

	FOR_EACH_ROUTE(route)
	{
		bool refused;

		bodies_read = 0;
		refused = is_refused(route, PASS_SERVE);
		n += refused;
		ok(refused == is_large(route), "%s: %s %s is %srefused", why,
		    route->method, route->pattern, is_large(route) ? "" : "not ");
		ok(!refused || bodies_read == 0, "before its body is read");
		ok(!is_refused(route, PASS_CHECK) && !is_refused(route, PASS_ASK),
		    "the questions before it are not");
	}
	ok(n > 5, "%zu were refused", n);
}

static void
test_no_memory(void)
{
	struct guard all = {0};

	(void)guard_take_memory(store, ALL, 0, &all, &err);
	ok(guard_is_held(&all), "all memory is taken, elsewhere");
	check_rows_busy("no memory");
	guard_release(&all);
}

static void
test_no_threads(void)
{
	struct arena *other = arena_new();

	reg.slow_requests_max = 1;
	is_int(worklimit_enter(TASK(other), WORKLIMIT_FREE + 1), RC_OK,
	    "the one thread for large requests is taken");
	check_rows_busy("no thread");
	arena_free(other);
}

/* Reserved memory is free again when a request is over: as many requests as there are rows. */
static void
test_given_back(void)
{
	struct guard all = {0};

	FOR_EACH_ROUTE(route)
	if (is_large(route))
		ok(!is_refused(route, PASS_SERVE), "with its memory: %s %s",
		    route->method, route->pattern);
	(void)guard_take_memory(store, ALL, 0, &all, &err);
	ok(guard_is_held(&all), "no memory is taken afterwards");
	guard_release(&all);
}

static void
test_free(void)
{
	struct arena *a = arena_new();
	struct guard all = {0};

	(void)guard_take_memory(store, ALL, 0, &all, &err);
	is_int(worklimit_enter(TASK(a), WORKLIMIT_FREE), RC_OK,
	    "what any request may use is not asked for");
	is_int(worklimit_enter(TASK(a), WORKLIMIT_FREE + 1), RC_BUSY,
	    "a byte more is");
	guard_release(&all);
	arena_free(a);
}

/* One request that needs more and more takes what it lacks, and one thread. */
static void
test_more(void)
{
	struct arena *one = arena_new(), *two = arena_new();
	struct guard half = {0};

	reg.slow_requests_max = 2;
	is_int(worklimit_enter(TASK(one), ALL / 2), RC_OK, "half of the memory");
	is_int(worklimit_enter(TASK(one), ALL / 4), RC_OK, "less than it has");
	is_int(worklimit_enter(TASK(two), ALL / 2), RC_OK,
	    "another request takes the other half, in the other thread");
	is_int(worklimit_enter(TASK(two), ALL), RC_BUSY, "there is no more");
	(void)guard_take_memory(store, ALL / 2, 0, &half, &err);
	is_int(worklimit_enter(TASK(two), ALL / 4), RC_BUSY,
	    "what it gave back for that, others have now");
	guard_release(&half);
	arena_free(one);
	is_int(worklimit_enter(TASK(two), SIZE_MAX / 2), RC_OK,
	    "it has all when the first is over");
	arena_clear(two);
	is_int(worklimit_enter(TASK(two), WORKLIMIT_FREE + 1), RC_OK,
	    "all was given back");
	is_int(worklimit_enter(TASK(two), ALL), RC_OK,
	    "a task that has a part of it may take all");
	arena_free(two);
}

/* ---- searches ---- */

/* As if there had been so many repositories. */
static void
add_repository(int id)
{
	sqlite3 *db = NULL;
	const char *sql = arena_printf(arena,
	    "INSERT INTO repository (id, name, description, generation) "
	    "VALUES (%d, 'z/z', '', 0)",
	    id);

	if (sqlite3_open(index_path(), &db) != SQLITE_OK ||
	    sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		bail_out(sqlite3_errmsg(db));
	(void)sqlite3_close(db);
}

static void
test_searches(void)
{
	static const char *const searches[] = {
	    "/v1/search?q=a", "/v1/search?q=a&n=5"};
	struct guard all = {0};
	size_t i;

	(void)guard_take_memory(store, ALL, 0, &all, &err);
	for (i = 0; i < COUNT(searches); i++)
		is_int(request("GET", searches[i], NULL, NULL)->status, 200,
		    "%s of few repositories reserves nothing", searches[i]);
	add_repository(SEARCH_FEW + 1);
	for (i = 0; i < COUNT(searches); i++)
		is_int(request("GET", searches[i], NULL, NULL)->status, 503,
		    "%s of many does", searches[i]);
	guard_release(&all);
	for (i = 0; i < COUNT(searches); i++)
		is_int(request("GET", searches[i], NULL, NULL)->status, 200,
		    "and finds one: %s", searches[i]);
	arena_clear(arena); /* the end of those requests */
}

/* ---- what dockers send ---- */

static const char *
json_of(const char *id, const char *more)
{
	return arena_printf(
	    arena, "{\"id\": \"%s\", \"comment\": \"%s\"}", id, more);
}

static const char *
ids_of(int n)
{
	struct buf b;
	int i;

	buf_init(&b, arena, (size_t)1 << 20);
	for (i = 0; i < n; i++)
		buf_printf(&b, "%s{\"id\": \"%064x\"}", i == 0 ? "[" : ",", i);
	buf_addc(&b, ']');
	return buf_str(&b).p;
}

static void
test_pushes(void)
{
	static const char id[] =
	    "4444444444444444444444444444444444444444444444444444444444444444";
	const char *image = arena_printf(arena, "/v1/images/%s/json", id);
	char *more = arena_alloc(arena, 8001), *worst;
	struct guard all = {0};

	memset(more, 'x', 8000);
	worst = arena_printf(arena, "[{\"id\": [%s{}]}]", more);
	for (int i = 0; i < 8000; i++)
		worst[9 + i] = "{},"[i % 3];
	(void)guard_take_memory(store, ALL, 0, &all, &err);
	is_int(request("PUT", image, NULL, json_of(id, more))->status, 200,
	    "the json of an image reserves nothing");
	is_int(
	    request("PUT", "/v1/repositories/team/app/", NULL, ids_of(127))->status,
	    200, "nor do a repository and its images,");
	is_int(request("PUT", "/v1/repositories/team/app/images", NULL, ids_of(127))
		   ->status,
	    204, "at the begin and the end of a push");
	is_int(
	    request("PUT", arena_printf(arena, "/v1/repositories/team/app/tags/x"),
		NULL, arena_printf(arena, "\"%s\"", id))
		->status,
	    400, "nor does a tag (of an image that is not complete)");
	is_int(request("PUT", "/v1/repositories/team/app/", NULL, worst)->status,
	    503, "one long element does");
	guard_release(&all);
	is_int(request("PUT", "/v1/repositories/team/app/", NULL, worst)->status,
	    400, "which is none");
	arena_clear(arena); /* the end of that request */
}

/* ---- the questions before a body ---- */

/* As a file or as a long document: only what its row takes may come. */
static void
test_questions(void)
{
	FOR_EACH_ROUTE(route)
	{
		struct sent_request call = {.method = route->method,
		    .target = example_path(route->pattern, "team/app"),
		    .length = 1};
		bool wrong;

		call.pass = PASS_CHECK;
		wrong = send_call(&call)->status == 204 && route->body != BODY_FILE;
		call.pass = PASS_ASK;
		wrong |= send_call(&call)->status == 204 &&
			 route->body != BODY_SMALL;
		ok(!wrong, "%s %s: no other body is let in", route->method,
		    route->pattern);
	}
	is_int(send_call(&(struct sent_request){.method = "PUT",
			     .target = "/v2/team/app/manifests/x",
			     .length = 4 << 20,
			     .pass = PASS_ASK})
		   ->status,
	    204, "a long manifest may come");
	is_int(send_call(&(struct sent_request){.method = "PUT",
			     .target = "/v2/team/app/manifests/x",
			     .length = (4 << 20) + 1,
			     .pass = PASS_ASK})
		   ->status,
	    413, "but none that is too long");
}

/* ---- long documents go out ---- */

static void
put_documents(const char *id, const char *more)
{
	const char *image = arena_printf(arena, "images/%s", id);
	const char *target = arena_printf(
	    arena, "/v2/team/app/manifests/t%.1s", id);

	write_text(arena_printf(arena, "%s/json", image), json_of(id, more));
	write_text(arena_printf(arena, "%s/ancestry", image),
	    arena_printf(arena, "[\"%s\"]", id));
	write_text(arena_printf(arena, "%s/layer", image), "a layer");
	is_int(request("PUT", target, NULL,
		   arena_printf(arena,
		       "{\"schemaVersion\": 2, \"mediaType\": "
		       "\"application/vnd.oci.image.index.v1+json\", "
		       "\"manifests\": [], \"annotations\": {\"a\": \"%s\"}}",
		       more))
		   ->status,
	    201, "a manifest is pushed");
}

static void
check_reading(const char *id, int status, const char *what)
{
	const char *targets[] = {arena_printf(arena, "/v1/images/%s/json", id),
	    arena_printf(arena, "/v2/team/app/manifests/t%.1s", id)};

	for (size_t i = 0; i < COUNT(targets); i++)
		is_int(request("GET", targets[i], NULL, NULL)->status, status, "%s",
		    what);
	arena_clear(arena);
}

/* A client that may read can send any number of requests for what was once pushed. */
static void
test_reading(void)
{
	static const char few[] =
	    "1111111111111111111111111111111111111111111111111111111111111111";
	static const char many[] =
	    "2222222222222222222222222222222222222222222222222222222222222222";
	struct guard all = {0};
	char *more = arena_alloc(arena, WORKLIMIT_FREE + 1);

	memset(more, 'x', WORKLIMIT_FREE);
	put_documents(few, "x");
	put_documents(many, more);
	arena_clear(arena);
	check_reading(many, 200, "memory is reserved to read a long document");
	(void)guard_take_memory(store, ALL, 0, &all, &err);
	ok(guard_is_held(&all), "which it gives back");
	check_reading(many, 503, "without memory it is not read");
	check_reading(few, 200, "a short one is");
	guard_release(&all);
}

/* ---- uploads ---- */

static int
begin_status(void)
{
	request("POST", "/v2/team/app/blobs/uploads/", NULL, NULL);
	return last_reply->status;
}

static void
test_uploads(void)
{
	struct store_upload up;
	uint64_t n = 0;
	unsigned before;
	int i;

	is_int(
	    store_upload_count(store, &n, &err), RC_OK, "what is open is counted");
	before = (unsigned)n;
	reg.uploads_max = before + 3;
	for (i = 0; i < 3; i++)
		is_int(begin_status(), 202, "an upload is begun");
	is_int(begin_status(), 503, "one more than may be open");
	ok(reply_get(last_reply, "Retry-After") != NULL, "when to come again");
	ok(strstr(str_dup(arena, last_reply->bytes), "\"UNAVAILABLE\"") != NULL,
	    "and that it is not for ever");
	reg.uploads_max = before + 4;
	is_int(upload_begin(TASK(arena), "team/app", HASH_SHA256, &up), RC_OK,
	    "where one more may be");
	is_int(begin_status(), 503, "but no other");
	is_int(upload_cancel(TASK(arena), "team/app", str_of(up.id)), RC_OK,
	    "one is cancelled");
	is_int(begin_status(), 202, "another takes its place");
	is_int(begin_status(), 503, "one");
	is_int(upload_expiry(TASK(arena), 86400), 900,
	    "of so many, those that are left are given up soon");
	is_int(upload_expiry(TASK(arena), 600), 600, "or sooner");
	reg.uploads_max = 100 * reg.uploads_max;
	is_int(upload_expiry(TASK(arena), 86400), 86400, "of a few they are not");
}

/* What other processes began and ended is seen when all are counted again. */
static void
test_uploads_of_others(void)
{
	uint64_t before = 0, n = 0;
	int i;

	(void)store_upload_count(store, &before, &err);
	write_text(
	    "_berth/upload/00000000-0000-4000-8000-000000000000/state", "{}");
	write_text(
	    "_berth/upload/00000000-0000-4000-8000-000000000001/state", "{}");
	write_text("_berth/upload/no-upload/state", "{}");
	for (i = 0; i < 300 && n != before + 2; i++) {
		if (store_upload_count(store, &n, &err) != RC_OK)
			break;
		(void)usleep(10000);
	}
	is_int(n, before + 2, "with those that another process began");
}

int
main(void)
{
	setup_v1();
	test_costs();
	test_figures();
	test_more();
	reg.slow_requests_max = 8;
	test_no_memory();
	test_free();
	test_questions();
	test_given_back();
	test_reading();
	test_pushes();
	test_no_threads();
	reg.slow_requests_max = 8;
	test_searches();
	reg.slow_requests_max = 0;
	test_uploads();
	test_uploads_of_others();
	return teardown_api();
}
