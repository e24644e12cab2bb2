/* routes.c: API v1's table of contents, row by row, as a docker and an
 * operator of docker-registry 0.x know it: every path, method, status, text and
 * header. */
#include "lib/api_v1.h"

#define BASE  "511136ea3c5a64f264b78b5433614aec563103b4d4702f3ba7d4d2698e22c158"
#define CHILD "8aedcdadf14bb95a53f712aace7d0cb657447d24e41831518392d1a2b05d8bf7"
#define NONE  "0000000000000000"

#define BASE_JSON "{\"id\":\"" BASE "\",\"comment\":\"nothing\"}\n"
#define CHILD_JSON \
	"{\"id\": \"" CHILD "\", \"parent\": \"" BASE \
	"\", \"comment\": \"Trusty Tahr\"}"

/* SHA-256 of the json, a newline and the layer. */
#define BASE_SUM \
	"sha256:" \
	"cf6f2d6e3e242e6d61a616281184f560e3a849c2a2230d8f5eecfdd841455c61"
#define CHILD_SUM \
	"sha256:" \
	"ca1b11a9205d3717157636c666780676d4ea8c6b0ac962f0db363e0e8de98827"

#define REPO "/v1/repositories/team/app"
#define HOST "Host: registry.example:5000\n"
#define AGENT_LINE \
	"User-Agent: docker/0.11.1 go/go1.2.1 git-commit/fb99f99 " \
	"kernel/3.13.0-24-Generic os/Linux arch/AMD64 docker/0.11.2 \n"
#define INVITES(access) \
	"X-Docker-Endpoints: registry.example:5000\n" \
	"X-Docker-Token: ~Token signature=\n" \
	"WWW-Authenticate: ~,repository=\"team/app\",access=" access

#define DEFAULT_META \
	"{\"kernel\": null, \"arch\": \"amd64\", \"docker_go_version\": null, " \
	"\"last_update\": null, \"docker_version\": null, \"os\": \"linux\"}"
#define META_REST "\"docker_version\": \"0.11.2\", \"os\": \"linux\"}"

#define FOR_A_YEAR "Cache-Control: public, max-age=31536000"

static const struct row service[] = {
    {"what it is", "GET", "/", .status = 200,
	.want = "\"docker-registry server (dev)\""},
    {"ping", "GET", "/_ping", .status = 200, .want = "true",
	.want_headers = "X-Docker-Registry-Standalone: True"},
    {"ping of v1", "GET", "/v1/_ping", .status = 200, .want = "true",
	.want_headers = "X-Docker-Registry-Standalone: True"},
    {"no such path", "GET", "/v1/nothing", .status = 404,
	.want = ERROR("Not found"), .want_headers = "Allow:"},
    {"no such version", "GET", "/v3/_ping", .status = 404,
	.want = ERROR("Not found"),
	.want_headers = "Docker-Distribution-Api-Version:"},
    {"another method", "POST", "/", .status = 405,
	.want = ERROR("Method not allowed"),
	.want_headers = "Allow: GET, HEAD, OPTIONS"},
};

static const struct row accounts[] = {
    {"login", "GET", "/v1/users", .status = 200, .want = "\"OK\""},
    {"login with a slash", "GET", "/v1/users/", .status = 200, .want = "\"OK\""},
    {"an account", "POST", "/v1/users", .body = "{\"username\": \"jo\"}",
	.status = 201, .want = "\"User Created\""},
    {"an account with a slash", "POST", "/v1/users/", .body = "{}", .status = 201,
	.want = "\"User Created\""},
    {"an account in no JSON", "POST", "/v1/users/", .body = "username=jo",
	.status = 400, .want = ERROR("Error Decoding JSON")},
    {"a changed account", "PUT", "/v1/users/jo/", .body = "{}", .status = 204},
};

static const struct row announcements[] = {
    {"images before", "GET", REPO "/images", .status = 404,
	.want = ERROR("images not found"), .want_headers = "X-Docker-Token:"},
    {"tags before", "GET", REPO "/tags", .status = 404,
	.want = ERROR("Repository not found")},
    {"no JSON", "PUT", REPO "/", .body = "[", .status = 400,
	.want = ERROR("Error Decoding JSON"), .want_headers = "X-Docker-Token:"},
    {"no body", "PUT", REPO "/", .status = 400,
	.want = ERROR("Error Decoding JSON")},
    {"no list", "PUT", REPO "/", .body = "{\"id\": \"" BASE "\"}", .status = 400,
	.want = ERROR("Invalid data")},
    {"a list of ids", "PUT", REPO, .body = "[\"" BASE "\"]", .status = 400,
	.want = ERROR("Invalid data")},
    {"an entry without id", "PUT", REPO, .body = "[{}]", .status = 400,
	.want = ERROR("Invalid data")},
    {"nothing of these stays", "GET", REPO "/images", .status = 404,
	.want = ERROR("images not found")},
    {"a push", "PUT", REPO "/", HOST,
	"[{\"id\": \"" BASE "\"}, {\"id\": \"" CHILD "\", \"Tag\": \"14.04\"}]",
	200, "\"\"", INVITES("write")},
    {"without the slash", "PUT", REPO, HOST, "[]", 200, "\"\"", INVITES("write")},
    {"its images", "GET", REPO "/images", HOST, NULL, 200,
	"[{\"id\": \"" BASE "\"}, {\"id\": \"" CHILD "\"}]", INVITES("read")},
    {"no tags yet", "GET", REPO "/tags", .status = 200, .want = "{}"},
    {"a checksum is merged", "PUT", REPO "/images", HOST,
	"[{\"id\": \"" CHILD "\", \"checksum\": \"sha256:1\"}]", 204, NULL,
	INVITES("write")},
    {"one without stays", "PUT", REPO "/images", HOST,
	"[{\"id\": \"" CHILD "\"}, {\"id\": \"" NONE "\"}]", 204, NULL,
	INVITES("write")},
    {"an entry an id", "GET", REPO "/images", HOST, NULL, 200,
	"[{\"id\": \"" BASE "\"}, {\"id\": \"" CHILD
	"\", \"checksum\": \"sha256:1\"}, {\"id\": \"" NONE "\"}]",
	INVITES("read")},
    {"images in no JSON", "PUT", REPO "/images", .body = "x", .status = 400,
	.want = ERROR("Error Decoding JSON")},
    {"images in no list", "PUT", REPO "/images", .body = "1", .status = 400,
	.want = ERROR("Invalid data")},
    {"deleted images", "DELETE", REPO "/images", HOST, NULL, 204, NULL,
	INVITES("delete")},
    {"are still there", "GET", REPO "/images", .status = 200, .want = "~" BASE},
    {"deleted of no repository", "DELETE", "/v1/repositories/no/ne/images",
	.status = 204, .want_headers = "X-Docker-Token: ~\"no/ne\",access=delete"},
    {"auth", "PUT", REPO "/auth", .status = 200, .want = "\"OK\"",
	.want_headers = "X-Docker-Token:\nX-Docker-Endpoints:"},
    {"library", "PUT", "/v1/repositories/centos/", .body = "[]", .status = 200,
	.want = "\"\"",
	.want_headers = "X-Docker-Token: ~,repository=\"library/centos\","},
    {"library by name", "GET", "/v1/repositories/library/centos/images",
	.status = 200, .want = "[]"},
    {"three parts", "PUT", "/v1/repositories/team/app/web/", .body = "[]",
	.status = 200, .want = "\"\"",
	.want_headers = "X-Docker-Token: ~,repository=\"team/app%2Fweb\","},
};

static const struct row images[] = {
    {"no json", "GET", "/v1/images/" BASE "/json", .status = 404,
	.want = ERROR("Image not found")},
    {"no ancestry", "GET", "/v1/images/" BASE "/ancestry", .status = 404,
	.want = ERROR("Image not found")},
    {"no layer", "GET", "/v1/images/" BASE "/layer", .status = 404,
	.want = ERROR("Image not found")},
    {"a layer without json", "PUT", "/v1/images/" BASE "/layer", .body = "x",
	.status = 404, .want = ERROR("Image not found")},
    {"a bad id", "GET", "/v1/images/xyz/json", .status = 404,
	.want = ERROR("Invalid image ID")},
    {"in capitals", "PUT", "/v1/images/ABCDEF0123456789/json", .body = "{}",
	.status = 404, .want = ERROR("Invalid image ID")},
    {"json", "PUT", "/v1/images/" BASE "/json", .body = BASE_JSON, .status = 200,
	.want = "true"},
    {"layer", "PUT", "/v1/images/" BASE "/layer", .body = "base layer",
	.status = 200, .want = "true"},
    {"checksum", "PUT", "/v1/images/" BASE "/checksum",
	"X-Docker-Checksum-Payload: " BASE_SUM, NULL, 200, "true"},
    {"the child's json", "PUT", "/v1/images/" CHILD "/json", .body = CHILD_JSON,
	.status = 200, .want = "true"},
    {"its layer", "PUT", "/v1/images/" CHILD "/layer", .body = "child layer",
	.status = 200, .want = "true"},
    {"its checksum", "PUT", "/v1/images/" CHILD "/checksum",
	"X-Docker-Checksum-Payload: " CHILD_SUM, NULL, 200, "true"},
    {"the json, byte for byte", "GET", "/v1/images/" BASE "/json", .status = 200,
	.want = BASE_JSON,
	.want_headers = FOR_A_YEAR "\nX-Docker-Size: 10\n"
				   "X-Docker-Checksum: " BASE_SUM
				   "\nX-Docker-Checksum-Payload: " BASE_SUM},
    {"the ancestry", "GET", "/v1/images/" CHILD "/ancestry", .status = 200,
	.want = "[\"" CHILD "\", \"" BASE "\"]", .want_headers = FOR_A_YEAR},
    {"the layer", "GET", "/v1/images/" CHILD "/layer", .status = 200,
	.want = "child layer",
	.want_headers = FOR_A_YEAR "\nContent-Type: application/octet-stream"},
    {"a json that is known", "GET", "/v1/images/" BASE "/json",
	"If-Modified-Since: Fri, 02 Jan 2015 00:00:00 GMT", NULL, 304, NULL,
	FOR_A_YEAR "\nContent-Type:"},
    {"an ancestry", "GET", "/v1/images/" BASE "/ancestry",
	"If-Modified-Since: yesterday", NULL, 304, NULL, FOR_A_YEAR},
    {"a layer", "GET", "/v1/images/" BASE "/layer", "If-Modified-Since:", NULL, 304,
	NULL, FOR_A_YEAR "\nContent-Type:"},
    {"an unknown one", "GET", "/v1/images/" NONE "/layer", "If-Modified-Since: x",
	NULL, 404, ERROR("Image not found")},
    {"files of no tar", "GET", "/v1/images/" BASE "/files", .status = 400,
	.want = ERROR("Layer format not supported")},
    {"diff of no tar", "GET", "/v1/images/" CHILD "/diff", .status = 400,
	.want = ERROR("Layer format not supported")},
    {"files of none", "GET", "/v1/images/" NONE "/files", .status = 404,
	.want = ERROR("Image not found")},
    {"diff of none", "GET", "/v1/images/" NONE "/diff", .status = 404,
	.want = ERROR("Image not found")},
    {"diff of a bad id", "GET", "/v1/images/xyz/diff", .status = 404,
	.want = ERROR("Invalid image ID")},
    {"private json of a public image", "GET", "/v1/private_images/" BASE "/json",
	.status = 404, .want = ERROR("Image not found")},
    {"its layer", "GET", "/v1/private_images/" BASE "/layer", .status = 404,
	.want = ERROR("Image not found")},
    {"its files", "GET", "/v1/private_images/" BASE "/files", .status = 404,
	.want = ERROR("Image not found")},
};

/* More of them in t/api/v1/access.c. */
static const struct row properties[] = {
    {"what everything is", "GET", REPO "/properties", .status = 200,
	.want = "{\"access\": \"public\"}"},
    {"described", "PUT", REPO "/properties", NULL,
	"{\"description\": \"Trusty \\u00e4\"}", 200, "true"},
    {"hidden", "PUT", REPO "/properties", NULL, "{\"access\": \"private\"}", 200,
	"true"},
    {"both", "GET", REPO "/properties", .status = 200,
	.want = "{\"access\": \"private\", \"description\": \"Trusty ä\"}"},
    {"shown", "PUT", REPO "/properties", NULL,
	"{\"access\": \"public\", \"description\": \"\"}", 200, "true"},
    {"neither", "GET", REPO "/properties", .status = 200,
	.want = "{\"access\": \"public\"}"},
    {"nothing to change", "PUT", REPO "/properties", .body = "{}", .status = 400,
	.want = ERROR("Invalid data")},
};

static const struct row status[] = {
    {"how it is", "GET", "/_status", HOST, NULL, 200,
	"{\"services\": [\"storage\", \"disk\", \"index\"], \"failures\": {}, "
	"\"host\": \"registry.example:5000\"}"},
    {"of v1", "GET", "/v1/_status", HOST, NULL, 200, "~\"failures\": {}"},
};

static const struct row tags[] = {
    {"no tag", "GET", REPO "/tags/14.04", .status = 404,
	.want = ERROR("Tag not found")},
    {"of no repository", "GET", "/v1/repositories/no/ne/tags/x", .status = 404,
	.want = ERROR("Tag not found")},
    {"no JSON", "PUT", REPO "/tags/14.04", .body = CHILD, .status = 400,
	.want = ERROR("Invalid data")},
    {"no text", "PUT", REPO "/tags/14.04", .body = "[\"" CHILD "\"]", .status = 400,
	.want = ERROR("Invalid data")},
    {"no image", "PUT", REPO "/tags/14.04", .body = "\"" NONE "\"", .status = 404,
	.want = ERROR("Image not found")},
    {"no id", "PUT", REPO "/tags/14.04", .body = "\"ubuntu\"", .status = 400,
	.want = ERROR("Invalid data")},
    {"a tag", "PUT", REPO "/tags/14.04", AGENT_LINE, "\"" CHILD "\"", 200, "true"},
    {"latest", "PUT", REPO "/tags/latest", AGENT_LINE, "\"" CHILD "\"", 200,
	"true"},
    {"one of three parts", "PUT", "/v1/repositories/team/app/web/tags/v1", NULL,
	"\"" BASE "\"", 200, "true"},
    {"its image", "GET", REPO "/tags/14.04", .status = 200,
	.want = "\"" CHILD "\""},
    {"all", "GET", REPO "/tags", .status = 200,
	.want = "{\"14.04\": \"" CHILD "\", \"latest\": \"" CHILD "\"}"},
    {"which client tagged", "GET", REPO "/tags/14.04/json", .status = 200,
	.want = "~{\"kernel\": \"3.13.0-24-generic\", \"arch\": \"amd64\", "
		"\"docker_go_version\": \"go1.2.1\", \"last_update\": 1"},
    {"the last of a name counts", "GET", REPO "/tags/14.04/json", .status = 200,
	.want = "~" META_REST},
    {"latest's", "GET", REPO "/json", .status = 200, .want = "~" META_REST},
    {"of a client without a name", "GET",
	"/v1/repositories/team/app/web/tags/v1/json", .status = 200,
	.want = "~{\"last_update\": 1"},
    {"of no tag", "GET", REPO "/tags/none/json", .status = 200,
	.want = DEFAULT_META},
    {"of no repository", "GET", "/v1/repositories/no/ne/json", .status = 200,
	.want = DEFAULT_META},
    {"deleted", "DELETE", REPO "/tags/latest", .status = 200, .want = "true"},
    {"deleted again", "DELETE", REPO "/tags/latest", .status = 404,
	.want = ERROR("Tag not found: latest")},
    {"its json goes with it", "GET", REPO "/json", .status = 200,
	.want = DEFAULT_META},
    {"of no repository", "DELETE", "/v1/repositories/no/ne/tags/x", .status = 404,
	.want = ERROR("Tag not found: x")},
};

/* Words of the paths as names of repositories; what docker sends of them. */
#define CALLED(word, id) \
	{"called " word, "PUT", "/v1/repositories/team/" word "/", HOST, \
	    "[{\"id\": \"" id "\"}]", 200, "\"\"", "X-Docker-Token: ~team/" word}, \
	    {"its tag", "PUT", "/v1/repositories/team/" word "/tags/json", NULL, \
		"\"" BASE "\"", 200, "true"}, \
	    {"the end of the push", "PUT", \
		"/v1/repositories/team/" word "/images", HOST, "[]", 204, NULL, \
		"X-Docker-Token: ~team/" word}, \
	    {"its images", "GET", "/v1/repositories/team/" word "/images", HOST, \
		NULL, 200, "[{\"id\": \"" id "\"}]", \
		"X-Docker-Token: ~team/" word}, \
	    {"its tags", "GET", "/v1/repositories/team/" word "/tags", \
		.status = 200, .want = "{\"json\": \"" BASE "\"}"}, \
	    {"that tag", "GET", "/v1/repositories/team/" word "/tags/json", \
		.status = 200, .want = "\"" BASE "\""}, \
	    {"its json", "GET", "/v1/repositories/team/" word "/json", \
		.status = 200, .want = DEFAULT_META}, \
	    {"its properties", "PUT", "/v1/repositories/team/" word "/properties", \
		.body = "{\"access\": \"public\"}", .status = 200, \
		.want = "true"}, \
	    {"it goes", "DELETE", "/v1/repositories/team/" word "/", \
		.status = 200, .want = "true"}, \
	{ \
		"and is gone", "GET", "/v1/repositories/team/" word "/tags", \
		    .status = 404, .want = ERROR("Repository not found") \
	}

static const struct row odd_names[] = {
    CALLED("tags", NONE),
    CALLED("images", NONE),
    CALLED("json", NONE),
    CALLED("auth", NONE),
    CALLED("properties", NONE),
    /* without a namespace docker leaves it out, except in paths to tags */
    {"tags alone", "PUT", "/v1/repositories/tags/", HOST,
	"[{\"id\": \"" NONE "\"}]", 200, "\"\""},
    {"its tag", "PUT", "/v1/repositories/library/tags/tags/x", NULL, "\"" BASE "\"",
	200, "true"},
    {"its images", "GET", "/v1/repositories/tags/images", HOST, NULL, 200,
	"[{\"id\": \"" NONE "\"}]"},
    {"its tags", "GET", "/v1/repositories/library/tags/tags", .status = 200,
	.want = "{\"x\": \"" BASE "\"}"},
    {"it goes", "DELETE", "/v1/repositories/tags/", .status = 200, .want = "true"},
    /* a tag in short */
    {"in short", "PUT", "/v1/repositories/solo/tags/x/", NULL, "\"" BASE "\"", 200,
	"true"},
    {"it", "GET", "/v1/repositories/solo/tags/x", .status = 200,
	.want = "\"" BASE "\""},
    {"its json", "GET", "/v1/repositories/solo/tags/x/json", .status = 200,
	.want = "~{\"last_update\": 1"},
    {"it is library's", "GET", "/v1/repositories/library/solo/tags", .status = 200,
	.want = "{\"x\": \"" BASE "\"}"},
    {"it goes", "DELETE", "/v1/repositories/solo/tags/x", .status = 200,
	.want = "true"},
};

static const struct row removals[] = {
    {"all tags", "DELETE", REPO "/tags", .status = 200, .want = "true"},
    {"once", "DELETE", REPO "/tags", .status = 404,
	.want = ERROR("Repository not found")},
    {"no list", "GET", REPO "/tags", .status = 404,
	.want = ERROR("Repository not found")},
    {"no images", "GET", REPO "/images", .status = 404,
	.want = ERROR("images not found")},
    {"a repository", "DELETE", "/v1/repositories/team/app/web/", .status = 200,
	.want = "true"},
    {"without the slash", "DELETE", "/v1/repositories/centos", .status = 200,
	.want = "true"},
    {"one that is gone", "DELETE", "/v1/repositories/centos", .status = 404,
	.want = ERROR("Repository not found")},
    {"nor is it found", "GET", "/v1/search?q=", .status = 200,
	.want = "~\"num_results\": 0"},
    {"the images stay", "GET", "/v1/images/" CHILD "/layer", .status = 200,
	.want = "child layer", .want_headers = FOR_A_YEAR},
};

/* Old servers wrote the first announcement down as it came. */
static void
test_old_list(void)
{
	static const struct row rows[] = {
	    {"as it is", "GET", "/v1/repositories/old/list/images", .status = 200,
		.want = "[{\"id\": \"" BASE "\", \"Tag\": \"x\"}, {\"id\": \"" BASE
			"\"}]"},
	    {"of any type", "PUT", "/v1/repositories/old/list/images",
		"Content-Type: text/plain", "[{\"id\": \"" CHILD "\"}]", 204, NULL},
	    {"merged", "GET", "/v1/repositories/old/list/images", .status = 200,
		.want = "[{\"id\": \"" BASE "\"}, {\"id\": \"" CHILD "\"}]"},
	    {"gone", "DELETE", "/v1/repositories/old/list", .status = 200,
		.want = "true"},
	};

	write_text("repositories/old/list/_index_images",
	    "[{\"id\": \"" BASE "\", \"Tag\": \"x\"}, {\"id\": \"" BASE "\"}]");
	check_rows(ROWS(rows));
}

/* An older registry may have left a directory in one; nothing may be left of it. */
static void
test_deep_removal(void)
{
	static const struct row gone = {"with a directory in it", "DELETE",
	    "/v1/repositories/old/deep", .status = 200, .want = "true"};

	write_text("repositories/old/deep/_index_images", "[]");
	write_text("repositories/old/deep/odd/deeper/file", "");
	check_row(&gone);
	ok(!is_there("repositories/old/deep"), "is not there");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nor what it was on the way");
}

/* The same token in both headers, with a time and a sum for a signature. */
static void
test_tokens(void)
{
	struct reply *rp = request("GET", REPO "/images", HOST, NULL);
	const char *token = reply_get(rp, "X-Docker-Token");

	is_str(reply_get(rp, "WWW-Authenticate"), token, "one token");
	is_int(strcspn(token, ","), strlen("Token signature=") + 16 + 64,
	    "with a signature of 80 digits");
}

static void
test_options(void)
{
	static const struct row rows[] = {
	    {"issue", "GET", "/", .status = 200, .want = "\"\\\"my\\\" registry\""},
	    {"endpoints", "GET", REPO "/images", HOST, NULL, 200, "~[",
		"X-Docker-Endpoints: a.example, b.example"},
	    {"debug", "GET", "/_ping", .status = 200, .want = "{\"host\": []}"},
	};

	api_options.issue = "\"my\" registry";
	api_options.endpoints = "a.example, b.example";
	api_options.about = "{\"host\": []}";
	check_rows(ROWS(rows));
	api_options.issue = api_options.endpoints = api_options.about = NULL;
}

static void
test_metadata_files(void)
{
	ok(is_there("repositories/team/app/json"), "latest writes json");
	is_str(read_text("repositories/team/app/tag_14.04"), CHILD, "tag_14.04");
	is_str(read_text("repositories/team/app/taglatest_json"),
	    read_text("repositories/team/app/json"), "taglatest_json");
}

/* As docker-registry 0.9.1 left "old/sp ace" with the tags "x y" and "p+q"; asked for in
 * every spelling. */
static void
test_old_names(void)
{
	static const char list[] = "{\"new\": \"" BASE "\", \"p+q\": \"" BASE
				   "\", \"x+y\": \"" BASE "\"}";
	static const char announced[] = "[{\"id\": \"" BASE "\"}]";
	static const struct row rows[] = {
	    {"a tag more", "PUT", "/v1/repositories/old/sp+ace/tags/new", NULL,
		"\"" BASE "\"", 200, "true"},
	    {"tags", "GET", "/v1/repositories/old/sp%20ace/tags", .status = 200,
		.want = list},
	    {"as a plus", "GET", "/v1/repositories/old/sp+ace/tags", .status = 200,
		.want = list},
	    {"images", "GET", "/v1/repositories/old/sp%20ace/images", HOST, NULL,
		200, announced, "X-Docker-Token: ~old/sp+ace"},
	    {"as a plus", "GET", "/v1/repositories/old/sp%2Bace/images", HOST, NULL,
		200, announced, "X-Docker-Token: ~old/sp+ace"},
	    {"json", "GET", "/v1/repositories/old/sp%20ace/json", .status = 200,
		.want = "{\"os\": \"plan9\"}"},
	    {"a tag's", "GET", "/v1/repositories/old/sp%20ace/tags/x%20y/json",
		.status = 200, .want = "{\"os\": \"plan8\"}"},
	    {"a blank", "GET", "/v1/repositories/old/sp%20ace/tags/x%20y",
		.status = 200, .want = "\"" BASE "\""},
	    {"as a plus", "GET", "/v1/repositories/old/sp+ace/tags/x+y",
		.status = 200, .want = "\"" BASE "\""},
	    {"a plus", "GET", "/v1/repositories/old/sp%20ace/tags/p+q",
		.status = 200, .want = "\"" BASE "\""},
	    {"as it is spelt", "GET", "/v1/repositories/old/sp%20ace/tags/p%252Bq",
		.status = 200, .want = "\"" BASE "\""},
	    {"found", "GET", "/v1/search?q=sp+ace", .status = 200,
		.want = "~\"name\": \"old/sp ace\""},
	    {"all of it goes", "DELETE", "/v1/repositories/old/sp+ace/",
		.status = 200, .want = "true"},
	    {"and is gone", "GET", "/v1/repositories/old/sp%20ace/tags",
		.status = 404, .want = ERROR("Repository not found")},
	    {"nor found", "GET", "/v1/search?q=sp+ace", .status = 200,
		.want = "~\"num_results\": 0"},
	};

	write_text("repositories/old/sp%2Bace/_index_images", announced);
	write_text("repositories/old/sp%2Bace/tag_x+y", BASE);
	write_text("repositories/old/sp%2Bace/tagx+y_json", "{\"os\": \"plan8\"}");
	write_text("repositories/old/sp%2Bace/tag_p%2Bq", BASE);
	write_text("repositories/old/sp%2Bace/json", "{\"os\": \"plan9\"}");
	check_rows(ROWS(rows));
	ok(!is_there("repositories/old/sp%2Bace"), "nothing of it is left");
}

int
main(void)
{
	setup_v1();
	check_rows(ROWS(service));
	check_rows(ROWS(accounts));
	check_rows(ROWS(announcements));
	test_old_list();
	test_deep_removal();
	test_tokens();
	test_options();
	check_rows(ROWS(images));
	check_rows(tags, 8);
	test_metadata_files();
	check_rows(tags + 8, sizeof(tags) / sizeof(tags[0]) - 8);
	check_rows(ROWS(odd_names));
	test_old_names();
	check_rows(ROWS(properties));
	check_rows(ROWS(status));
	check_rows(ROWS(removals));
	check_methods("PATCH", ERROR("Method not allowed"));
	return teardown_api();
}
