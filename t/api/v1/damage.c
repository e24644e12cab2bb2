/* damage.c: files of API v1 that are damaged on disk: empty, cut off, changed, longer,
 * missing. Each is asked for in each way in which the answer could be "it is here"; then
 * it is pushed again, and is whole. */
#include "lib/api_v1.h"
#include "lib/v1_image.h"

#include "lib/damage.h"

#define REPO       "/v1/repositories/team/app"
#define BY_UNKNOWN ERROR("Image not found")
#define KNOWN      "Cache-Control: public, max-age=31536000"

static struct image base, child;
static const char *title; /* of the file and its damage */

static void
ask(const char *what, const char *method, const char *target, const char *headers,
    const char *body, int status, const char *want)
{
	bool is_kept = status == 200 && strcmp(method, "GET") == 0 &&
		       strstr(target, "/v1/images/") == target;
	const struct row row = {arena_printf(arena, "%s: %s", title, what), method,
	    target, headers, body, status, want, is_kept ? KNOWN : NULL};

	check_row(&row);
}

static const char *
path_to(const struct image *im, const char *file)
{
	return arena_printf(arena, "/v1/images/%s/%s", im->id, file);
}

static void
push(const struct image *im)
{
	const char *sum = arena_printf(
	    arena, "X-Docker-Checksum-Payload: sha256:%s", im->sum);

	ask("its json is pushed", "PUT", path_to(im, "json"), NULL, im->json.p, 200,
	    "true");
	ask("its layer is pushed", "PUT", path_to(im, "layer"), NULL, im->layer.p,
	    200, "true");
	ask("its sum is pushed", "PUT", path_to(im, "checksum"), sum, NULL, 200,
	    "true");
}

static void
put_tag(const struct image *im, const char *tag, int status, const char *want)
{
	ask(arena_printf(arena, "tagged %s", tag), "PUT",
	    arena_printf(arena, REPO "/tags/%s", tag), NULL,
	    arena_printf(arena, "\"%s\"", im->id), status, want);
}

static void
image_is_whole(const struct image *im)
{
	ask("the json", "GET", path_to(im, "json"), NULL, NULL, 200, im->json.p);
	ask("the ancestry", "GET", path_to(im, "ancestry"), NULL, NULL, 200,
	    im->ancestry);
	ask("the layer", "GET", path_to(im, "layer"), NULL, NULL, 200, im->layer.p);
	ask("its json again", "PUT", path_to(im, "json"), NULL, im->json.p, 409,
	    ERROR("Image already exists"));
	put_tag(im, "x", 200, "true");
}

static void
image_is_gone(const struct image *im)
{
	static const char *const files[] = {
	    "json", "ancestry", "layer", "files", "diff"};
	size_t i;

	for (i = 0; i < COUNT(files); i++) {
		ask("is not there", "GET", path_to(im, files[i]), NULL, NULL, 404,
		    BY_UNKNOWN);
		ask("nor for a client that has it", "GET", path_to(im, files[i]),
		    "If-Modified-Since: x", NULL, 404, BY_UNKNOWN);
	}
	ask("nor for a layer", "PUT", path_to(im, "layer"), NULL, im->layer.p, 404,
	    BY_UNKNOWN);
	ask("nor for a sum", "PUT", path_to(im, "checksum"),
	    arena_printf(arena, "X-Docker-Checksum-Payload: sha256:%s", im->sum),
	    NULL, 404, BY_UNKNOWN);
	put_tag(im, "x", 404, BY_UNKNOWN);
}

/* ---- images ---- */

/* A layer's bytes are not looked at, but for its length where that is 0; a json's and an
 * ancestry's form is. */
static bool
is_seen(const char *file, enum damage how)
{
	if (strcmp(file, "layer") == 0)
		return how == EMPTY || how == MISSING;
	return strcmp(file, "json") != 0 || how != CHANGED;
}

static void
test_image(const char *file)
{
	unsigned how;

	for (how = EMPTY; how < DAMAGES; how++) {
		if (!is_seen(file, how))
			continue;
		title = arena_printf(arena, "%s, %s", file, damage_names[how]);
		damage_file(image_file(&base, file), how);
		image_is_gone(&base);
		put_tag(&child, "y", 404, BY_UNKNOWN);
		push(&base);
		image_is_whole(&base);
		image_is_whole(&child);
	}
}

/* Those of a mistake that leaves the brackets in order. */
static void
test_json(void)
{
	const char *rows[] = {
	    "{}",
	    "[]",
	    " ",
	    "{\"id\": \"0000000000000000\"}",
	    arena_printf(arena, "{\"id\": \"%s\"", base.id),
	    arena_printf(arena, "{\"id\": \"%s\"}}", base.id),
	    arena_printf(arena, "{\"id\": \"%s\"}{}", base.id),
	    arena_printf(arena, "\"%s\"", base.id),
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		title = arena_printf(arena, "a json of %s", rows[i]);
		write_text(image_file(&base, "json"), rows[i]);
		image_is_gone(&base);
	}
	title = "a json with NaN, as Python reads it";
	write_text(image_file(&base, "json"),
	    arena_printf(arena, "{\"id\": \"%s\", \"Size\": NaN} ", base.id));
	ask("is as it was", "GET", path_to(&base, "json"), NULL, NULL, 200,
	    arena_printf(arena, "{\"id\": \"%s\", \"Size\": NaN} ", base.id));
	write_text(image_file(&base, "json"), base.json.p);
}

static void
test_escapes(void)
{
	struct image im = image_of('7', NULL, "layer");
	const char *text = arena_printf(
	    arena, "{\"id\": \"\\u0037%s\"}", im.id + 1);

	im = image_with(im, text, "layer");
	title = "an id that is written with an escape";
	push(&im);
	image_is_whole(&im);
}

/* What is large is looked at where it is read. */
static void
test_large_json(void)
{
	struct image im = image_of('d', NULL, "layer");
	const char *text = arena_printf(
	    arena, "{\"id\": \"%s\", \"x\": \"%0*d\"}", im.id, 100000, 1);

	im = image_with(im, text, "layer");
	title = "a large json";
	push(&im);
	image_is_whole(&im);
	damage_file(image_file(&im, "json"), CUT);
	ask("is not there when it is cut off", "GET", path_to(&im, "json"), NULL,
	    NULL, 404, BY_UNKNOWN);
	push(&im);
	image_is_whole(&im);
}

/* The sum tells whether it was pushed so. */
static void
test_empty_layer(void)
{
	struct image im = image_of('e', NULL, "");
	const char *sums[] = {
	    arena_printf(arena, "sha256:%s", im.sum),
	    arena_printf(
		arena, "[\"tarsum+sha256:%s\", \"sha256:%s\"]", base.sum, im.sum),
	    NULL,
	    arena_printf(arena, "sha256:%s", base.sum),
	    "",
	    "md5:d41d8cd98f00b204e9800998ecf8427e",
	    arena_printf(arena, "sha256:%s ", im.sum),
	};
	size_t i;

	title = "a layer of 0 bytes that was pushed so";
	push(&im);
	image_is_whole(&im);
	for (i = 0; i < COUNT(sums); i++) {
		bool right = i < 2;

		title = arena_printf(arena, "a layer of 0 bytes, sum %s",
		    sums[i] == NULL ? "missing" : sums[i]);
		if (sums[i] == NULL)
			(void)unlink(in_dir(image_file(&im, "_checksum")));
		else
			write_text(image_file(&im, "_checksum"), sums[i]);
		if (right)
			image_is_whole(&im);
		else
			image_is_gone(&im);
	}
}

/* What is pushed again while the first push's files are damaged. */
static void
test_push(void)
{
	struct image im = image_of('f', NULL, "the layer");
	const char *name = arena_printf(arena, "wait-%s.layer", im.sum);
	const char *sum = arena_printf(
	    arena, "X-Docker-Checksum-Payload: sha256:%s", im.sum);
	unsigned how;

	for (how = EMPTY; how < DAMAGES; how++) {
		title = arena_printf(
		    arena, "a layer that waits, %s", damage_names[how]);
		ask("json", "PUT", path_to(&im, "json"), NULL, im.json.p, 200,
		    "true");
		ask("layer", "PUT", path_to(&im, "layer"), NULL, im.layer.p, 200,
		    "true");
		damage_file(push_file(&im, name), how);
		if (how == EMPTY || how == MISSING)
			ask("no layer has come for it", "PUT",
			    path_to(&im, "checksum"), sum, NULL, 400,
			    how == EMPTY ? ERROR("Checksum mismatch")
					 : ERROR("Checksum not found"));
		ask("layer again", "PUT", path_to(&im, "layer"), NULL, im.layer.p,
		    200, "true");
		ask("its sum", "PUT", path_to(&im, "checksum"), sum, NULL, 200,
		    "true");
		image_is_whole(&im);
		remove_tree(in_dir(arena_printf(arena, "images/%s", im.id)));
		remove_tree(in_dir(arena_printf(arena, "_berth/push/%s", im.id)));
	}
}

/* What a push began with; it is the image's json, too. */
static void
test_begun(void)
{
	struct image im = image_of('9', NULL, "the layer");
	char sum[HASH_SHA256_HEX_SIZE];
	unsigned how;

	hash_of(HASH_SHA256, im.json, sum);
	for (how = EMPTY; how < DAMAGES; how++) {
		if (how == CHANGED || how == MISSING)
			continue; /* the layer's sum tells; the image has it still */
		title = arena_printf(
		    arena, "a json that began, %s", damage_names[how]);
		ask("json", "PUT", path_to(&im, "json"), NULL, im.json.p, 200,
		    "true");
		damage_file(
		    push_file(&im, arena_printf(arena, "begun-%s.json", sum)), how);
		ask("layer", "PUT", path_to(&im, "layer"), NULL, im.layer.p, 404,
		    BY_UNKNOWN);
		push(&im);
		image_is_whole(&im);
		remove_tree(in_dir(arena_printf(arena, "images/%s", im.id)));
	}
}

/* ---- repositories ---- */

static void
test_tag(void)
{
	unsigned how;

	for (how = EMPTY; how < DAMAGES; how++) {
		title = arena_printf(arena, "a tag, %s", damage_names[how]);
		put_tag(&base, "v1", 200, "true");
		damage_file("repositories/team/app/tag_v1", how);
		if (how != CHANGED) { /* the id of an image that is not here */
			ask("is not there", "GET", REPO "/tags/v1", NULL, NULL, 404,
			    ERROR("Tag not found"));
			ask("is not listed", "GET", REPO "/tags", NULL, NULL, 200,
			    arena_printf(arena, "{\"x\": \"%s\"}", child.id));
		}
		put_tag(&base, "v1", 200, "true");
		ask("is whole", "GET", REPO "/tags/v1", NULL, NULL, 200,
		    arena_printf(arena, "\"%s\"", base.id));
		ask("goes", "DELETE", REPO "/tags/v1", NULL, NULL, 200, "true");
	}
}

static void
test_documents(void)
{
	static const struct {
		const char *file, *target;
		int status;
		const char *want;
	} rows[] = {
	    {"_index_images", REPO "/images", 404, ERROR("images not found")},
	    {"tagv2_json", REPO "/tags/v2/json", 200, "~\"last_update\": null"},
	    {"json", REPO "/json", 200, "~\"last_update\": null"},
	};
	const char *announced = arena_printf(arena, "[{\"id\": \"%s\"}]", base.id);
	unsigned how;
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		for (how = EMPTY; how < DAMAGES; how++) {
			title = arena_printf(
			    arena, "%s, %s", rows[i].file, damage_names[how]);
			ask("announced", "PUT", REPO "/", NULL, announced, 200,
			    "\"\"");
			put_tag(&base, "v2", 200, "true");
			put_tag(&base, "latest", 200, "true");
			damage_file(arena_printf(arena, "repositories/team/app/%s",
					rows[i].file),
			    how);
			if (how != CHANGED)
				ask("is as if it were not there", "GET",
				    rows[i].target, NULL, NULL, rows[i].status,
				    rows[i].want);
		}
	title = "what was announced";
	ask("once more", "PUT", REPO "/", NULL, announced, 200, "\"\"");
	ask("is listed", "GET", REPO "/images", NULL, NULL, 200, announced);
}

int
main(void)
{
	setup_v1();
	base = image_of('b', NULL, "the layer of a base");
	child = image_of('c', &base, "the layer of its child");
	title = "both";
	push(&base);
	push(&child);
	image_is_whole(&base);
	image_is_whole(&child);
	test_image("json");
	test_image("ancestry");
	test_image("layer");
	test_json();
	test_escapes();
	test_large_json();
	test_empty_layer();
	test_push();
	test_begun();
	put_tag(&child, "x", 200, "true");
	test_tag();
	test_documents();
	return teardown_api();
}
