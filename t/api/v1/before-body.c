/* before-body.c: the pass that nginx makes before it reads a byte of a body: a
 * client that may not send it gets the answer now. It takes no body, changes nothing, and decides as
 * the real request will. */
#include "lib/api_v1.h"

#include "image/v1config.h"

#define UNFINISHED "00000000000000a1"
#define COMPLETE   "00000000000000a2"
#define UNKNOWN    "00000000000000a3"
#define LAYER(id)  "/v1/images/" id "/layer"
#define REPO       "/v1/repositories/team/app"

#define NO_UPLOAD ERROR("Bad request: this is not an upload")
#define NO_ROOM   ERROR("No space left on the registry's disk")

struct check {
	const char *name, *method, *target;
	int64_t length; /* -1: unknown, it comes in chunks */
	int status;
	const char *want;
};

static const struct check checks[] = {
    {"a layer that is waited for", "PUT", LAYER(UNFINISHED), 10, 204, ""},
    {"in chunks", "PUT", LAYER(UNFINISHED), -1, 204, ""},
    {"an empty one", "PUT", LAYER(UNFINISHED), 0, 204, ""},
    {"with slashes", "PUT", "//v1/images/" UNFINISHED "/layer/", 10, 204, ""},
    {"of no image", "PUT", LAYER(UNKNOWN), 10, 404, ERROR("Image not found")},
    {"in chunks of no image", "PUT", LAYER(UNKNOWN), -1, 404,
	ERROR("Image not found")},
    {"of a complete one", "PUT", LAYER(COMPLETE), 10, 409,
	ERROR("Image already exists")},
    {"of a bad id", "PUT", LAYER("xyz"), 10, 404, ERROR("Invalid image ID")},
    {"larger than the disk", "PUT", LAYER(UNFINISHED), (int64_t)1 << 60, 507,
	NO_ROOM},
    {"larger than any", "PUT", LAYER(UNFINISHED), INT64_MAX, 507, NO_ROOM},
    {"another method", "POST", LAYER(UNFINISHED), 10, 405,
	ERROR("Method not allowed")},
    {"another path", "PUT", "/v1/images/" UNFINISHED "/layers", 10, 404,
	ERROR("Not found")},
    {"a broken path", "PUT", "/v1/images/%/layer", 10, 400,
	"~{\"error\": \"Bad request: "},
    {"a json", "PUT", "/v1/images/" UNKNOWN "/json", 100, 400, NO_UPLOAD},
    {"a list", "PUT", REPO "/", 100, 400, NO_UPLOAD},
    {"a removal", "DELETE", REPO "/", 0, 400, NO_UPLOAD},
    {"a download", "GET", LAYER(COMPLETE), -1, 400, NO_UPLOAD},
    {"one of no image", "GET", LAYER(UNKNOWN), -1, 400, NO_UPLOAD},
    {"an account", "PUT", "/v1/users/..%2fimages%2fx%2flayer", -1, 400, NO_UPLOAD},
    {"methods", "OPTIONS", LAYER(UNFINISHED), -1, 405, ERROR("Method not allowed")},
};

static void
make_images(void)
{
	write_text("images/" UNFINISHED "/_inprogress", "true");
	write_text("images/" UNFINISHED "/json", "{\"id\": \"" UNFINISHED "\"}");
	write_text("images/" UNFINISHED "/ancestry", "[\"" UNFINISHED "\"]");
	write_text("images/" COMPLETE "/json", "{\"id\": \"" COMPLETE "\"}");
	write_text("images/" COMPLETE "/ancestry", "[\"" COMPLETE "\"]");
	write_text("images/" COMPLETE "/layer", "layer");
	write_text("repositories/team/app/_index_images", "[]");
}

static const char *
all_files(void)
{
	return arena_printf(arena, "%s%s%s%s", tree("images"), tree("repositories"),
	    tree("_berth/push"), tree("_berth/tmp"));
}

static void
check(const struct check *c)
{
	struct sent_request call = {.method = c->method,
	    .target = c->target,
	    .length = c->length,
	    .pass = PASS_CHECK};
	struct reply *rp = send_call(&call);
	const char *body = str_dup(arena, rp->bytes);
	const char *fault = NULL;

	if (rp->status != c->status)
		fault = arena_printf(arena, "got %d %s", rp->status, body);
	if (fault == NULL)
		fault = text_fault("body", body, c->want);
	if (fault == NULL && rp->kind != REPLY_BYTES)
		fault = "it sends a file";
	if (!ok(fault == NULL, "%s: %s %s of %lld bytes: %d", c->name, c->method,
		c->target, (long long)c->length, c->status))
		printf("# %s\n", fault);
}

/* One that fits the disk now, with what is kept in reserve, and one that does not.
 */
static void
test_room(void)
{
	struct check fits = {
	    "half of what is free", "PUT", LAYER(UNFINISHED), 0, 204, ""};
	struct check exact = {
	    "all that is free", "PUT", LAYER(UNFINISHED), 0, 507, NO_ROOM};
	uint64_t room = 0;

	is_int(store_free_bytes(store, &room, &err), RC_OK, "there is room");
	fits.length = (int64_t)(room / 2);
	exact.length = (int64_t)room;
	check(&fits);
	check(&exact);
}

/* The real request, in which nginx did not do its part, or too much of it. */
static void
test_wrong_bodies(void)
{
	struct sent_request no_file = {.method = "PUT",
	    .target = LAYER(UNFINISHED),
	    .length = 10,
	    .pass = PASS_SERVE};
	struct sent_request file = {.method = "PUT",
	    .target = REPO "/tags/layer",
	    .body = str_of("\"" COMPLETE "\""),
	    .has_body = true,
	    .pass = PASS_SERVE};
	struct reply *rp = send_call(&no_file);

	is_int(rp->status, 500, "a layer that is in no file is nginx's fault");
	is_str(reply_get(rp, "X-Request-Id"), "0123", "the log has more on it");
	ok(strstr(str_dup(arena, rp->bytes), "X-Request-Id") != NULL,
	    "as the answer to the client says");
	rp = send_call(&file);
	is_int(rp->status, 400, "a small body in a file is not taken");
}

int
main(void)
{
	const char *before;
	size_t i;

	setup_v1();
	make_images();
	before = all_files();
	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		check(&checks[i]);
	test_room();
	is_int(bodies_read, 0, "no body was read");
	is_str(tree("_berth/body"), "_berth/body/\n", "nor made into a file");
	is_str(all_files(), before, "and nothing has changed");
	test_wrong_bodies();
	is_str(all_files(), before, "nothing has changed");
	return teardown_api();
}
