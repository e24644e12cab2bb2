/* args.c: the arguments of a path, read by the kind that the pattern names. */
#include "api/args.h"

#include "api/call.h"
#include "lib/unit.h"

#define ID "0123456789abcdef"
#define DIGEST \
	"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define UNKNOWN "blake3:0123456789abcdef"

static enum result
read_name(struct call *c, struct str text)
{
	if (str_is(text, "bad"))
		return err_set(&c->err, RC_BAD_NAME, "bad");
	c->args.repository = str_dup(arena, text);
	return RC_OK;
}

static enum result
handle(struct call *c)
{
	(void)c;
	return RC_OK;
}

#define ROW(text) \
	{ \
		.method = "GET", .pattern = text, .handler = handle \
	}

static const struct route routes[] = {ROW("/i/:image/json"),
    ROW("/r/*name{2,}/tags/:tag"), ROW("/b/*name/:digest"),
    ROW("/s/*name/:subject"), ROW("/u/*name/:upload"), ROW("/m/*name/:reference"),
    ROW("/users/:user")};

static const struct api api = {
    .routes = routes, .n_routes = COUNT(routes), .read_name = read_name};

static struct call call;

/* The result of both readings, with the arguments in `call`. */
static enum result
read_args(const char *target)
{
	static struct request rq;
	static struct reply rp;
	const char *allow;
	enum result r;

	rq = (struct request){
	    .arena = arena, .method = "GET", .target = exact_copy(str_of(target))};
	call_init(&call, &rq, &rp, NULL, NULL);
	if (target_parse(arena, rq.target, &call.target, &call.err) != RC_OK)
		return RC_BAD_REQUEST;
	call.route = route_find(&api, &call, &allow);
	if (call.route == NULL)
		return RC_NO_ROUTE;
	r = args_read_repository(&api, &call);
	return r == RC_OK ? args_read(&call) : r;
}

static void
test_values(void)
{
	is_int(read_args("/i/" ID "/json"), RC_OK, "an image");
	is_str(call.args.image, ID, "its id");
	is_str(call.args.repository, NULL, "no repository");
	is_int(read_args("/r/team/app/tags/x%20y"), RC_OK, "a tag");
	is_str(call.args.repository, "team/app", "of a repository");
	is_str(call.args.tag, "x y", "its name");
	is_int(read_args("/b/app/" DIGEST), RC_OK, "a digest");
	is_str(digest_text(arena, &call.args.digest), DIGEST, "the same");
	is_int(read_args("/s/app/" UNKNOWN), RC_OK,
	    "a subject can have a digest of any algorithm");
	is_text(call.args.subject, UNKNOWN, "the same");
	is_int(read_args("/u/a/b/..%2F"), RC_OK, "an upload");
	is_text(call.args.upload, "../", "as the client wrote it");
	is_int(read_args("/m/app/a:b@c"), RC_OK, "a reference");
	is_text(call.args.reference, "a:b@c", "as the client wrote it");
	is_int(read_args("/users/joe"), RC_OK, "a kind that nobody reads");
}

static void
test_errors(void)
{
	static const struct {
		const char *target;
		enum result want;
	} rows[] = {
	    {"/i/" ID "0/json", RC_BAD_ID},
	    {"/i/0123456789ABCDEF/json", RC_BAD_ID},
	    {"/r/team/app/tags/x%2Fy", RC_BAD_NAME},
	    {"/b/app/sha256:00", RC_BAD_DIGEST},
	    {"/b/app/" UNKNOWN, RC_OTHER_DIGEST},
	    {"/s/app/none", RC_BAD_DIGEST},
	    {"/b/bad/none", RC_BAD_NAME},
	    {"/m/bad/x", RC_BAD_NAME},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		is_int(read_args(rows[i].target), rows[i].want, "%s: %s",
		    rows[i].target, err_name(rows[i].want));
		ok(call.err.text[0] != '\0', "with the reason: %s", call.err.text);
	}
}

int
main(void)
{
	static void (*const tests[])(void) = {test_values, test_errors};

	return run_tests(tests, COUNT(tests));
}
