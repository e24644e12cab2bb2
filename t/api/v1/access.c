/* access.c: which caller may see and do what through API v1: private repositories, and the
 * registry's own tokens where they are asked for. */
#include "auth/auth.h"
#include "base/clock.h"
#include "lib/api_v1.h"
#include "store/description.h"

#define APP  "/v1/repositories/team/app"
#define PLAN "/v1/repositories/team/plan"

#define A1 "00000000000000a1"
#define A2 "00000000000000a2"
#define P1 "00000000000000b1"

#define NO_IMAGE      ERROR("Image not found")
#define NO_REPOSITORY ERROR("Repository not found")
#define UNAUTHORIZED  ERROR("Requires authorization")
#define FOR_A_YEAR    "Cache-Control: ~, max-age=31536000"
#define NOT_KEPT      "Cache-Control: no-cache"

static const struct v1name team_app = {"team", "app"}, plan = {"team", "plan"},
			   slashed = {"team", "app/web"};

static struct auth own = {.mode = AUTH_OWN};

/* ---- what is there: a1 and, on it, a2 of team/app; b1 of the private team/plan ---- */

static void
lay_image(const char *id, const char *parent)
{
	const char *image = arena_printf(arena, "images/%s", id);

	write_text(arena_printf(arena, "%s/json", image),
	    arena_printf(arena, "{\"id\": \"%s\"}", id));
	write_text(arena_printf(arena, "%s/ancestry", image),
	    parent == NULL ? arena_printf(arena, "[\"%s\"]", id)
			   : arena_printf(arena, "[\"%s\", \"%s\"]", id, parent));
	write_text(arena_printf(arena, "%s/layer", image), id);
}

static void
make_store(void)
{
	lay_image(A1, NULL);
	lay_image(A2, A1);
	lay_image(P1, NULL);
	write_text("repositories/team/app/tag_v1", A2);
	write_text("repositories/team/app/_index_images", "[]");
	write_text("repositories/team/plan/tag_v1", P1);
	write_text(
	    "repositories/team/plan/_index_images", "[{\"id\": \"" P1 "\"}]");
}

/* "Authorization: Token ...". */
static const char *
shown(const struct v1name *name, enum token_access access)
{
	return arena_printf(arena, "Authorization: %s",
	    token_new(arena, own.secret, name, access, clock_now()));
}

static void
is_reply(struct row row, const char *headers)
{
	row.headers = headers;
	check_row(&row);
}

/* ---- properties ---- */

static void
test_properties(void)
{
	static const struct row rows[] = {
	    {"of no repository", "GET", "/v1/repositories/no/ne/properties",
		.status = 200, .want = "{\"access\": \"public\"}"},
	    {"no JSON", "PUT", PLAN "/properties", .body = "private", .status = 400,
		.want = ERROR("Invalid data")},
	    {"no access", "PUT", PLAN "/properties", .body = "{}", .status = 400,
		.want = ERROR("Invalid data")},
	    {"a list", "PUT", PLAN "/properties", .body = "[]", .status = 400,
		.want = ERROR("Invalid data")},
	    {"none of the two", "PUT", PLAN "/properties",
		.body = "{\"access\": \"secret\"}", .status = 400,
		.want = ERROR("Invalid data")},
	    {"a number", "PUT", PLAN "/properties", .body = "{\"access\": 1}",
		.status = 400, .want = ERROR("Invalid data")},
	    {"a list for a description", "PUT", PLAN "/properties",
		.body = "{\"description\": []}", .status = 400,
		.want = ERROR("Invalid data")},
	    {"a NUL in it", "PUT", PLAN "/properties",
		.body = "{\"description\": \"a\\u0000b\"}", .status = 400,
		.want = ERROR("Invalid data")},
	    {"still public", "GET", PLAN "/properties", .status = 200,
		.want = "{\"access\": \"public\"}"},
	    {"private", "PUT", PLAN "/properties",
		.body = "{\"access\": \"private\"}", .status = 200, .want = "true"},
	    {"it is", "GET", PLAN "/properties", .status = 200,
		.want = "{\"access\": \"private\"}"},
	    {"a description", "PUT", PLAN "/properties",
		.body = "{\"description\": \"for \\\"us\\\"\"}", .status = 200,
		.want = "true"},
	    {"next to it", "GET", PLAN "/properties", .status = 200,
		.want = "{\"access\": \"private\", "
			"\"description\": \"for \\\"us\\\"\"}"},
	    {"none", "PUT", PLAN "/properties", .body = "{\"description\": \"\"}",
		.status = 200, .want = "true"},
	    {"no more", "GET", PLAN "/properties", .status = 200,
		.want = "{\"access\": \"private\"}"},
	};
	const char *long_one = arena_printf(arena, "{\"description\": \"%0*d\"}",
	    (int)STORE_DESCRIPTION_MAX + 1, 0);

	check_rows(ROWS(rows));
	is_int(request("PUT", PLAN "/properties", NULL, long_one)->status, 400,
	    "a description that is too long");
	ok(is_there("repositories/team/plan/_private"), "_private");
	is_str(read_text("repositories/team/plan/_private"), "", "is empty");
	if (unlink(in_dir("repositories/team/plan/_private")) != 0 ||
	    symlink("/nowhere", in_dir("repositories/team/plan/_private")) != 0)
		bail_out("symlink");
	check_row(&(const struct row){"a link to nothing makes it private, too",
	    "GET", PLAN "/properties", .status = 200,
	    .want = "{\"access\": \"private\"}"});
}

static void
test_descriptions(void)
{
	static const struct row rows[] = {
	    {"a description", "PUT", APP "/properties",
		.body = "{\"description\": \"Our web shop\"}", .status = 200,
		.want = "true"},
	    {"is found", "GET", "/v1/search?q=web+shop", .status = 200,
		.want =
		    "~{\"name\": \"team/app\", \"description\": \"Our web shop\""},
	    {"a private one", "PUT", PLAN "/properties",
		.body = "{\"description\": \"a shop too\"}", .status = 200,
		.want = "true"},
	    {"is not", "GET", "/v1/search?q=too", .status = 200,
		.want = "~\"num_results\": 0"},
	    {"nor by its name", "GET", "/v1/search?q=plan", .status = 200,
		.want = "~\"num_results\": 0"},
	    {"nor in the list of all", "GET", "/v1/search", .status = 200,
		.want = "~\"num_results\": 1,"},
	    {"public again", "PUT", PLAN "/properties",
		.body = "{\"access\": \"public\"}", .status = 200, .want = "true"},
	    {"is found", "GET", "/v1/search?q=too", .status = 200,
		.want =
		    "~{\"name\": \"team/plan\", \"description\": \"a shop too\""},
	    {"private", "PUT", PLAN "/properties",
		.body = "{\"access\": \"private\"}", .status = 200, .want = "true"},
	    {"is not", "GET", "/v1/search?q=too", .status = 200,
		.want = "~\"num_results\": 0"},
	};

	check_rows(ROWS(rows));
}

/* ---- nobody is asked for a token: what one says all the same ---- */

static void
test_open(void)
{
	static const struct row
	    app_layer = {"a public image", "GET", "/v1/images/" A1 "/layer",
		.status = 200, .want = A1, .want_headers = FOR_A_YEAR},
	    plan_layer = {"an image", "GET", "/v1/images/" P1 "/layer",
		.status = 200, .want = P1, .want_headers = FOR_A_YEAR},
	    no_layer = {"none", "GET", "/v1/images/" P1 "/layer", .status = 404,
		.want = NO_IMAGE},
	    no_private = {"no private image", "GET",
		"/v1/private_images/" P1 "/layer", .status = 404, .want = NO_IMAGE},
	    private_layer = {"a private image", "GET",
		"/v1/private_images/" P1 "/layer", .status = 200, .want = P1,
		.want_headers = NOT_KEPT},
	    private_json = {"its json", "GET", "/v1/private_images/" P1 "/json",
		.status = 200, .want = "{\"id\": \"" P1 "\"}",
		.want_headers = NOT_KEPT "\nX-Docker-Size: 16"},
	    others = {"another's", "GET", "/v1/private_images/" A1 "/json",
		.status = 404, .want = NO_IMAGE},
	    plan_tags = {"tags", "GET", PLAN "/tags", .status = 200,
		.want = "{\"v1\": \"" P1 "\"}"},
	    no_tags = {"no tags", "GET", PLAN "/tags", .status = 404,
		.want = NO_REPOSITORY},
	    plan_images = {"images", "GET", PLAN "/images", .status = 200,
		.want = "[{\"id\": \"" P1 "\"}]"},
	    no_images = {"no images", "GET", PLAN "/images", .status = 404,
		.want = ERROR("images not found")},
	    no_push = {"no push", "PUT", PLAN "/", .body = "[]", .status = 404,
		.want = NO_REPOSITORY};
	const char *of_app = shown(&team_app, TOKEN_READ),
		   *of_plan = shown(&plan, TOKEN_READ),
		   *basic = "Authorization: Basic am86c2VjcmV0";

	is_reply(app_layer, NULL);
	is_reply(app_layer, of_app);
	is_reply(app_layer, basic);
	is_reply(plan_layer, NULL);
	is_reply(plan_layer, basic);
	is_reply(no_layer, of_plan);
	is_reply(no_private, NULL);
	is_reply(no_private, basic);
	is_reply(no_private, of_app);
	is_reply(private_layer, of_plan);
	is_reply(private_json, of_plan);
	is_reply(others, of_plan);
	is_reply(plan_tags, NULL);
	is_reply(plan_tags, of_plan);
	is_reply(no_tags, of_app);
	is_reply(plan_images, NULL);
	is_reply(plan_images, basic);
	is_reply(plan_images, of_plan);
	is_reply(no_images, of_app);
	is_reply(no_push, of_app);
}

/* ---- own tokens are asked for ---- */

static void
test_own_tokens(void)
{
	static const struct row none[] = {
	    {"no token", "GET", APP "/tags", .status = 401, .want = UNAUTHORIZED,
		.want_headers = "WWW-Authenticate: Token"},
	    {"of an image", "GET", "/v1/images/" A1 "/json", .status = 401,
		.want = UNAUTHORIZED},
	    {"for a layer", "PUT", "/v1/images/" A1 "/layer", .body = "x",
		.status = 401, .want = UNAUTHORIZED},
	    {"a password", "GET", APP "/tags",
		"Authorization: Basic am86eA==", NULL, 401, UNAUTHORIZED},
	    {"an invented one", "GET", APP "/tags",
		"Authorization: Token "
		"signature=0123456789abcdef,repository=\"team/app\",access=read",
		NULL, 401, UNAUTHORIZED},
	    {"the index asks for none", "GET", APP "/images", .status = 200,
		.want = "[]", .want_headers = "X-Docker-Token: ~Token signature="},
	    {"nor a search", "GET", "/v1/search?q=team/app", .status = 200,
		.want = "~\"num_results\": 1,"},
	    {"ping says so", "GET", "/v1/_ping", .status = 200, .want = "true",
		.want_headers = "X-Docker-Registry-Standalone: False"},
	    {"no such path", "GET", "/v1/nothing", .status = 404,
		.want = ERROR("Not found")},
	};
	static const struct row tags = {"tags", "GET", APP "/tags", .status = 200,
				    .want = "{\"v1\": \"" A2 "\"}"},
				no_tags = {"tags", "GET", APP "/tags",
				    .status = 401, .want = UNAUTHORIZED},
				base = {"what a tag leads to", "GET",
				    "/v1/images/" A1 "/layer", .status = 200,
				    .want = A1, .want_headers = FOR_A_YEAR},
				others = {"another's image", "GET",
				    "/v1/images/" P1 "/layer", .status = 404,
				    .want = NO_IMAGE},
				private = {"a private image", "GET",
				    "/v1/private_images/" P1 "/layer",
				    .status = 200, .want = P1,
				    .want_headers = NOT_KEPT};

	check_rows(ROWS(none));
	is_reply(tags, shown(&team_app, TOKEN_READ));
	is_reply(no_tags, shown(&plan, TOKEN_READ));
	is_reply(no_tags, shown(&slashed, TOKEN_READ));
	is_reply(base, shown(&team_app, TOKEN_READ));
	is_reply(others, shown(&team_app, TOKEN_READ));
	is_reply(private, shown(&plan, TOKEN_READ));
	is_int(request("GET", "/v2/", NULL, NULL)->status, 404,
	    "API v2 has no tokens and is not there");
	is_reply(no_tags, arena_printf(arena, "Authorization: %s",
			      token_new(arena, own.secret, &team_app, TOKEN_READ,
				  clock_now() - TOKEN_LIFE - 1)));
	is_reply(no_tags, arena_printf(arena, "Authorization: %s",
			      token_new(arena, str_of("another secret"), &team_app,
				  TOKEN_READ, clock_now())));
}

#define JSON_ON(id, parent) "{\"id\": \"" id "\", \"parent\": \"" parent "\"}"

static void
test_own_push(void)
{
	static const struct row
	    announced = {"announced", "PUT", APP "/",
		.body =
		    "[{\"id\": \"00000000000000a3\"}, {\"id\": \"00000000000000a4\"}]",
		.status = 200, .want = "\"\""},
	    not_granted = {"not announced", "PUT",
		"/v1/images/00000000000000a5/json",
		.body = JSON_ON("00000000000000a5", A1), .status = 400,
		.want = ERROR("This image does not belong to "
			      "the repository")},
	    unknown = {"unknown parent", "PUT", "/v1/images/00000000000000a3/json",
		.body = JSON_ON("00000000000000a3", "00000000000000a9"),
		.status = 400,
		.want = ERROR("Image depends on a non existing "
			      "parent")},
	    refused = {"another's parent", "PUT",
		"/v1/images/00000000000000a3/json",
		.body = JSON_ON("00000000000000a3", P1), .status = 400,
		.want = ERROR("Image depends on an unauthorized "
			      "parent")},
	    taken = {"an own parent", "PUT", "/v1/images/00000000000000a3/json",
		.body = JSON_ON("00000000000000a3", A2), .status = 200,
		.want = "true"},
	    layer = {"its layer", "PUT", "/v1/images/00000000000000a3/layer",
		.body = "x", .status = 200, .want = "true"},
	    not_own = {"its layer, for another", "PUT",
		"/v1/images/00000000000000a3/layer", .body = "x", .status = 400,
		.want = ERROR("This image does not belong to "
			      "the repository")},
	    read = {"to read is not to write", "PUT",
		"/v1/images/00000000000000a3/layer", .body = "x", .status = 401,
		.want = UNAUTHORIZED};
	const char *writes = shown(&team_app, TOKEN_WRITE);

	check_row(&announced);
	is_reply(not_granted, writes);
	is_reply(unknown, writes);
	is_reply(refused, writes);
	is_reply(taken, writes);
	is_reply(not_own, shown(&plan, TOKEN_WRITE));
	is_reply(read, shown(&team_app, TOKEN_READ));
	is_reply(layer, writes);
}

/* A tag is on what the repository has already (A1). */
static void
test_own_tags(void)
{
	static const struct row
	    own_image = {"of an own image", "PUT", APP "/tags/base",
		.body = "\"" A1 "\"", .status = 200, .want = "true"},
	    others = {"of another's", "PUT", APP "/tags/x", .body = "\"" P1 "\"",
		.status = 404, .want = NO_IMAGE},
	    none = {"of none", "PUT", APP "/tags/x", .body = "\"00000000000000d9\"",
		.status = 404, .want = NO_IMAGE},
	    no_tag = {"there is none", "GET", APP "/tags", .status = 200,
		.want = "{\"base\": \"" A1 "\", \"v1\": \"" A2 "\"}"},
	    not_read = {"nor is it read", "GET", "/v1/images/" P1 "/json",
		.status = 404, .want = NO_IMAGE};

	is_reply(own_image, shown(&team_app, TOKEN_WRITE));
	is_reply(others, shown(&team_app, TOKEN_WRITE));
	is_reply(none, shown(&team_app, TOKEN_WRITE));
	is_reply(no_tag, shown(&team_app, TOKEN_READ));
	is_reply(not_read, shown(&team_app, TOKEN_READ));
}

#define C1 "00000000000000c1" /* of the public team/base, and below c2 */
#define C2 "00000000000000c2" /* of the private team/mine */
#define C3 "00000000000000c3" /* of no repository */
#define C4 "00000000000000c4" /* is being pushed to team/mine */

static void
lay_claimed(void)
{
	lay_image(C1, NULL);
	lay_image(C2, C1);
	lay_image(C3, NULL);
	lay_image(C4, NULL);
	write_text("images/" C4 "/_inprogress", "");
	write_text("repositories/team/base/tag_v1", C1);
	write_text("repositories/team/mine/_private", "");
	write_text("repositories/team/mine/tag_v1", C2);
	write_text(
	    "repositories/team/mine/_index_images", "[{\"id\": \"" C4 "\"}]");
}

/* Announced is what is here already, as docker does (A3). */
static void
test_claims(void)
{
#define ID(id) "{\"id\": \"" id "\"}"
	static const struct row
	    announced = {"announced", "PUT", APP "/",
		.body = "[" ID(C1) ", " ID(C2) ", " ID(P1) ", " ID(C3) ", " ID(
		    C4) ", " ID("00000000000000c5") "]",
		.status = 200, .want = "\"\""},
	    again = {"at its end, too", "PUT", APP "/images",
		.body = "[" ID(C2) "]", .status = 204},
	    nothing = {"no list", "PUT", APP "/", .body = "{}", .status = 400,
		.want = ERROR("Invalid data")},
	    list = {"the list", "GET", APP "/images", .status = 200,
		.want =
		    "[" ID("00000000000000a3") ", " ID("00000000000000a4") ", " ID(
			C1) ", " ID(C3) ", " ID("00000000000000c5") "]"},
	    base = {"a public base is not sent again", "PUT",
		"/v1/images/" C1 "/json", .body = ID(C1), .status = 409,
		.want = ERROR("Image already exists")},
	    read = {"and is pulled", "GET", "/v1/images/" C1 "/layer",
		.status = 200, .want = C1, .want_headers = FOR_A_YEAR},
	    child = {"an image on it", "PUT", "/v1/images/00000000000000c5/json",
		.body = JSON_ON("00000000000000c5", C1), .status = 200,
		.want = "true"},
	    refused = {"on a private one", "PUT",
		"/v1/images/00000000000000c5/json",
		.body = JSON_ON("00000000000000c5", C2), .status = 400,
		.want = ERROR("Image depends on an unauthorized parent")},
	    orphan = {"what no repository has", "GET", "/v1/images/" C3 "/layer",
		.status = 200, .want = C3, .want_headers = FOR_A_YEAR},
	    private_push = {"a private one", "PUT", "/v1/images/" C2 "/json",
		.body = "{\"id\": \"" C2 "\", \"comment\": \"a guess\"}",
		.status = 400,
		.want = ERROR("This image does not belong to the repository")},
	    private_tag = {"is not tagged", "PUT", APP "/tags/x",
		.body = "\"" C2 "\"", .status = 404, .want = NO_IMAGE},
	    private_read = {"nor read", "GET", "/v1/images/" C2 "/layer",
		.status = 404, .want = NO_IMAGE},
	    unfinished = {"one that another pushes", "PUT",
		"/v1/images/" C4 "/layer", .body = "x", .status = 400,
		.want = ERROR("This image does not belong to the repository")},
	    has_it = {"but a client that has its json has it", "PUT",
		"/v1/images/" C2 "/json", .body = ID(C2), .status = 409,
		.want = ERROR("Image already exists")},
	    has_read = {"and may read it", "GET", "/v1/images/" C2 "/layer",
		.status = 200, .want = C2, .want_headers = FOR_A_YEAR},
	    own_again = {"its own repository", "PUT", "/v1/repositories/team/mine/",
		.body = "[" ID(C2) ", " ID(C4) "]", .status = 200, .want = "\"\""},
	    own_list = {"has it", "GET", "/v1/repositories/team/mine/images",
		.status = 200, .want = "[" ID(C4) ", " ID(C2) "]"};
#undef ID
	const char *writes = shown(&team_app, TOKEN_WRITE),
		   *reads = shown(&team_app, TOKEN_READ);

	lay_claimed();
	check_row(&announced);
	check_row(&again);
	check_row(&nothing);
	check_row(&list);
	is_reply(base, writes);
	is_reply(read, reads);
	is_reply(child, writes);
	is_reply(refused, writes);
	is_reply(orphan, reads);
	is_reply(private_push, writes);
	is_reply(private_tag, writes);
	is_reply(private_read, reads);
	is_reply(unfinished, writes);
	is_reply(has_it, writes);
	is_reply(has_read, reads);
	check_row(&own_again);
	check_row(&own_list);
}

/* Another index: its calls are not answered here. */
static void
test_not_standalone(void)
{
	static const struct row rows[] = {
	    {"images", "GET", APP "/images", .status = 404,
		.want = ERROR("Not found")},
	    {"a push", "PUT", APP "/", .body = "[]", .status = 404,
		.want = ERROR("Not found")},
	    {"search", "GET", "/v1/search", .status = 404,
		.want = ERROR("Not found")},
	    {"login", "GET", "/v1/users", .status = 404,
		.want = ERROR("Not found")},
	    {"tags are", "GET", APP "/tags", .status = 200, .want = "~v1"},
	    {"ping", "GET", "/_ping", .status = 200, .want = "true",
		.want_headers = "X-Docker-Registry-Standalone: False"},
	};

	api_options.standalone = false;
	check_rows(ROWS(rows));
	api_options.standalone = true;
}

static void
test_status(void)
{
	static const struct row
	    fine = {"all is well", "GET", "/_status", "Host: r.example", NULL, 200,
		"{\"services\": [\"storage\", \"disk\", \"index\"], "
		"\"failures\": {}, \"host\": \"r.example\"}"},
	    broken = {"a place is gone", "GET", "/v1/_status", .status = 503,
		.want = "~\"failures\": {\"storage\": \"not_found\"}"};

	check_row(&fine);
	if (rename(in_dir("repositories"), in_dir("elsewhere")) == 0)
		check_row(&broken);
	(void)rename(in_dir("elsewhere"), in_dir("repositories"));
	check_row(&fine);
}

int
main(void)
{
	setup_v1();
	own.secret = str_of("a secret of 20 bytes");
	make_store();
	test_properties();
	test_descriptions();
	test_open();
	test_not_standalone();
	reg.auth = &own;
	test_own_tokens();
	test_own_push();
	test_own_tags();
	test_claims();
	reg.auth = &auth_open;
	test_status();
	return teardown_api();
}
