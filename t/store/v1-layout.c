/* v1-layout.c: the directory as docker-registry 0.x keeps it, byte for byte: images,
 * repositories, tags, and how their names are spelt. */
#include "lib/held.h"
#include "lib/store.h"
#include "lib/v1_image.h"

#include "base/buf.h"
#include "store/v1image.h"
#include "store/v1push.h"
#include "store/v1repo.h"
#include "store/v1tag.h"
#include "storefs/log_once.h"
#include "storefs/v1spelling.h"

#define META \
	"{\"kernel\": \"3.13.0-24-generic\", \"arch\": \"amd64\", " \
	"\"docker_go_version\": \"go1.2.1\", \"last_update\": 1400116767, " \
	"\"docker_version\": \"0.11.1\", \"os\": \"linux\"}"

static int
log_once(void *once)
{
	return log_once_is_first(once, "event", "a");
}

static void
test_once(void)
{
	struct log_once *once = log_once_new();

	is_int(run_in_process(log_once, once), 1, "a line is written once");
	is_int(log_once(once), 0, "by all processes together");
	ok(log_once_is_first(once, "event", "b"), "another file's line is another");
	ok(log_once_is_first(once, "other", "a"), "so is one about another event");
	log_once_free(once);
	ok(log_once_is_first(NULL, "event", "a"),
	    "without memory each one is written");
}

static void
begin(const struct image *im, const char *given, const char *want)
{
	struct store_v1push_begin what = {
	    im->json, str_of(im->ancestry), str_of(given), str_of(want)};

	is_int(
	    held_push_begin(im->id, &what), RC_OK, "a push of %.4s begins", im->id);
}

static void
send_layer(const struct image *im)
{
	struct store_v1pushes begun = {.n = 0};
	struct store_v1push *push = &begun.of[0];
	struct stage *sg;

	(void)held_push_list(im->id, &begun);
	is_int(begun.n, 1, "it began with one json");
	(void)stage_adopt(store, arena, make_body(im->layer), &sg, &err);
	(void)stage_payload_sum(sg, push->json, push->payload, &err);
	is_str(push->payload, im->sum, "SHA-256 of json, newline and layer");
	is_int(held_push_wait(im->id, sg, &begun), RC_OK, "the layer waits");
}

static void
push(const struct image *im)
{
	begin(im, NULL, NULL);
	send_layer(im);
	is_int(held_push_confirm(im->id, im->sum), RC_OK, "its sum is confirmed");
}

static enum store_v1image_state
state_of(const struct image *im)
{
	const struct store_v1image at = store_v1image_make(store, arena, im->id);
	enum store_v1image_state state = STORE_V1IMAGE_ABSENT;

	if (store_v1image_state(&at, &state, &err) != RC_OK)
		printf("# %s\n", err.text);
	return state;
}

static struct store_v1repo
repo(const char *ns, const char *name)
{
	const struct v1name full = {ns, name};
	struct store_v1repo found = {.st = NULL};

	if (store_v1repo_find(store, arena, &full, &found, &err) != RC_OK)
		printf("# %s\n", err.text);
	return found;
}

static bool
is_repo(const char *ns, const char *name)
{
	const struct store_v1repo r = repo(ns, name);

	return store_v1repo_exists(&r);
}

static enum result
put_tag(const struct store_v1repo *r, const char *tag, const struct image *im)
{
	const struct store_v1tag what = {tag, im->id, str_of(META)};
	struct guard g = hold(GUARD_REPOSITORY, r->name);
	enum result got = store_v1tag_put(r, &g, &what, &err);

	guard_release(&g);
	return got;
}

static enum result
remove_tag(const struct store_v1repo *r, const char *tag)
{
	struct guard g = hold(GUARD_REPOSITORY, r->name);
	enum result got = store_v1tag_remove(r, &g, tag, &err);

	guard_release(&g);
	return got;
}

/* The id that the tag means, or how it ended. */
static const char *
tag_of(const struct store_v1repo *r, const char *tag)
{
	const char *id = NULL;
	enum result got = store_v1tag_get(r, tag, &id, &err);

	return got == RC_OK ? id : err_name(got);
}

static const char *
meta_of(const struct store_v1repo *r, const char *tag)
{
	struct str meta;
	enum result got = store_v1tag_meta(r, tag, &meta, &err);

	return got == RC_OK ? str_dup(arena, meta) : err_name(got);
}

static bool
add_tag(void *arg, const char *tag, const char *id)
{
	buf_printf(arg, "%s=%.1s ", tag, id);
	return true;
}

/* "latest=a v1=b " */
static const char *
tags_of(const struct store_v1repo *r)
{
	struct buf b;

	buf_init(&b, arena, 4096);
	buf_adds(&b, "");
	(void)store_v1tag_each(r, add_tag, &b, &err);
	return b.n == 0 ? "" : b.p;
}

/* ---- images ---- */

static void
test_unfinished(const struct image *im)
{
	is_int(state_of(im), STORE_V1IMAGE_ABSENT, "no image yet");
	begin(im, "md5:wrong", NULL);
	is_int(state_of(im), STORE_V1IMAGE_UNFINISHED, "then an unfinished one");
	is_str(read_text(image_file(im, "_inprogress")), "true", "_inprogress");
	is_str(read_text(image_file(im, "json")), im->json.p, "its json is there");
	is_str(read_text(image_file(im, "_checksum")), "md5:wrong",
	    "a sum that came with the json, as it came");
	ok(!is_there(image_file(im, "layer")), "no layer");
	begin(im, NULL, NULL);
	ok(!is_there(image_file(im, "_checksum")), "gone when the next has none");
}

static void
test_image(const struct image *base, const struct image *child)
{
	struct stat sb;

	send_layer(base);
	ok(!is_there(image_file(base, "layer")),
	    "a layer that waits is not an image's");
	is_int(held_push_confirm(base->id, base->sum), RC_OK, "confirmed");
	is_int(state_of(base), STORE_V1IMAGE_COMPLETE, "the image is complete");
	push(child);
	is_str(tree("images"),
	    arena_printf(arena,
		"images/%s/_checksum\nimages/%s/ancestry\nimages/%s/json\n"
		"images/%s/layer\nimages/%s/_checksum\nimages/%s/ancestry\n"
		"images/%s/json\nimages/%s/layer\n",
		base->id, base->id, base->id, base->id, child->id, child->id,
		child->id, child->id),
	    "four files an image");
	is_str(
	    read_text(image_file(child, "json")), child->json.p, "json as it came");
	is_str(
	    read_text(image_file(child, "layer")), child->layer.p, "layer as well");
	is_str(read_text(image_file(child, "ancestry")),
	    arena_printf(arena, "[\"%s\", \"%s\"]", child->id, base->id),
	    "ancestry, the newest first");
	is_str(read_text(image_file(child, "_checksum")),
	    arena_printf(arena, "sha256:%s", child->sum), "_checksum");
	(void)stat(in_dir(image_file(child, "layer")), &sb);
	is_int(sb.st_nlink, 2, "of the layer's names one is nginx's");
	is_int(sb.st_mode & 0777, 0640, "for its owner and group");
}

/* What old servers left in _checksum. */
static void
test_sums(void)
{
	static const struct {
		const char *file, *sum;
	} rows[] = {
	    {"sha256:00ff", "sha256:00ff"},
	    {"tarsum+sha256:aa", "tarsum+sha256:aa"},
	    {"[\"tarsum+sha256:aa\", \"sha256:bb\"]", "sha256:bb"},
	    {"[\"sha256:bb\", \"tarsum+sha256:aa\"]", "sha256:bb"},
	    {"[\"tarsum+sha256:aa\"]", "tarsum+sha256:aa"},
	    {"[1, null]", ""},
	    {"[]", ""},
	    {"[\"sha256:b", ""},
	    {"", ""},
	    {NULL, ""},
	};
	struct image im = image_of('5', NULL, "x");
	const struct store_v1image at = store_v1image_make(store, arena, im.id);
	struct str sum;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)unlink(in_dir(image_file(&im, "_checksum")));
		if (rows[i].file != NULL)
			write_text(image_file(&im, "_checksum"), rows[i].file);
		is_int(store_v1image_checksum(&at, &sum, &err), RC_OK,
		    "_checksum %s",
		    rows[i].file == NULL ? "not_found" : rows[i].file);
		is_str(str_dup(arena, sum), rows[i].sum, "its sum");
	}
	(void)unlink(in_dir(image_file(&im, "_checksum")));
}

/* An image is what its files say, also when another server wrote them. */
static void
test_states(void)
{
	struct image im = image_of('6', NULL, "x");
	const struct store_v1image at = store_v1image_make(store, arena, im.id);
	const struct content *layer;
	struct str text;

	make_dir(arena_printf(arena, "images/%s", im.id));
	is_int(state_of(&im), STORE_V1IMAGE_ABSENT,
	    "an empty directory is not an image");
	write_text(image_file(&im, "_inprogress"), "true");
	is_int(state_of(&im), STORE_V1IMAGE_ABSENT, "_inprogress alone is none");
	write_text(image_file(&im, "json"), im.json.p);
	is_int(state_of(&im), STORE_V1IMAGE_UNFINISHED, "with json: unfinished");
	(void)unlink(in_dir(image_file(&im, "_inprogress")));
	is_int(state_of(&im), STORE_V1IMAGE_DAMAGED,
	    "without _inprogress, and nothing else: damaged");
	is_int(store_v1image_layer(&at, &layer, &err), RC_IMAGE_UNKNOWN,
	    "it has no layer");
	is_int(store_v1image_ancestry(&at, &text, &err), RC_IMAGE_UNKNOWN,
	    "nor ancestry");
	write_text(image_file(&im, "layer"), "four");
	is_int(store_v1image_layer(&at, &layer, &err), RC_OK, "a layer");
	is_int(store_content_size(layer), 4, "its size");
	is_str(store_content_uri(layer), image_file(&im, "layer"),
	    "its name in the store");
	is_int(state_of(&im), STORE_V1IMAGE_DAMAGED, "still without ancestry");
	write_text(image_file(&im, "ancestry"), im.ancestry);
	is_int(state_of(&im), STORE_V1IMAGE_COMPLETE, "with all three: complete");
}

/* ---- names ---- */

static void
test_spelling(void)
{
	static const struct {
		const char *ns, *repo, *older, *newer, *read;
	} rows[] = {
	    {"library", "centos", "library/centos", "library/centos",
		"library/centos"},
	    {"a_b.c-d", "E9", "a_b.c-d/E9", "a_b.c-d/E9", "a_b.c-d/E9"},
	    {"ns", "a/b", "ns/a%2Fb", "ns/a%252Fb", "ns/a/b"},
	    {"ns", "a/b/c", "ns/a%2Fb%2Fc", "ns/a%252Fb%252Fc", "ns/a/b/c"},
	    {"x y", "r", "x y/r", "x+y/r", "x y/r"},
	    {"ns", "\xc3\xa4", "ns/%C3%A4", "ns/%25C3%25A4", "ns/\xc3\xa4"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct v1name name = {rows[i].ns, rows[i].repo};
		const char *older = v1spelling_repository(
		    arena, &name, V1SPELLING_OLDER);
		const char *newer = v1spelling_repository(
		    arena, &name, V1SPELLING_NEWER);

		is_str(older, arena_printf(arena, "repositories/%s", rows[i].older),
		    "%s/%s in the older spelling", rows[i].ns, rows[i].repo);
		is_str(newer, arena_printf(arena, "repositories/%s", rows[i].newer),
		    "and in the newer");
		is_str(v1spelling_read(arena, rows[i].ns, strrchr(older, '/') + 1),
		    rows[i].read, "the older one is read back");
		is_str(v1spelling_read(arena, rows[i].ns, strrchr(newer, '/') + 1),
		    rows[i].read, "the newer one too");
	}
	/* what the newer servers made of "sp ace" the older ones made of "sp+ace"
	 */
	is_str(v1spelling_read(arena, "ns", "sp+ace"), "ns/sp ace", "a blank");
	is_str(
	    v1spelling_read(arena, "ns", "sp%2Bace"), "ns/sp ace", "the newer one");
	is_str(v1spelling_read(arena, "ns", "sp%252Bace"), "ns/sp+ace", "a plus");
	is_str(v1spelling_read(arena, "ns", "a%2520b"), "ns/a%20b",
	    "what no newer server wrote");
	is_str(v1spelling_read(arena, "ns", "a%2525b"), "ns/a%b", "a %%");
	is_str(v1spelling_read(arena, "ns", "a%25b"), "ns/a%b", "of an older one");
	is_str(v1spelling_read(arena, "n+s", "r"), "n s/r", "a namespace");
	is_str(
	    v1spelling_read(arena, "n%s", "r"), "n%s/r", "one that is not quoted");
	is_str(v1spelling_read(arena, "n%2Fs", "r"), NULL, "a slash in it");
	is_str(v1spelling_tag(arena, "x y", V1SPELLING_OLDER), "x y",
	    "a tag as it is");
	is_str(v1spelling_tag(arena, "x y", V1SPELLING_NEWER), "x+y", "or quoted");
	is_str(v1spelling_read_tag(arena, "p%2Bq"), "p+q", "read back");
	is_str(v1spelling_read_tag(arena, "a+b%25"), "a b%", "with a blank");
	is_str(v1spelling_read_tag(arena, "1.0+5"), "1.0+5", "a plus alone stays");
	is_str(
	    v1spelling_read_tag(arena, "50%"), "50%", "so does what is not quoted");
	is_str(v1spelling_read_tag(arena, "a%2fb"), "a%2fb", "nor what none wrote");
	is_str(
	    v1spelling_read_tag(arena, "a%2Fb"), "a%2Fb", "nor what is not a tag");
}

static void
test_unreadable_names(void)
{
	static const char *const rows[] = {"%zz", "%", "a%2", "%00", "a%2500b",
	    "%2E%2E", "%252E%252E", "a%2F%2Fb", "%2Fa", "%FF", "%0A"};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		is_str(v1spelling_read(arena, "ns", rows[i]), NULL,
		    "%s is not a repository's", rows[i]);
}

static void
test_finding(void)
{
	struct image im = image_of('7', NULL, "x");
	struct store_v1repo r = repo("ns", "a/b");

	ok(!store_v1repo_exists(&r), "a repository is not there");
	is_str(r.dir, "repositories/ns/a%2Fb", "and would be spelt as of old");
	make_dir(r.dir);
	r = repo("ns", "a/b");
	ok(!store_v1repo_exists(&r), "nor is it when its directory is empty");
	is_int(put_tag(&r, "x y", &im), RC_OK, "a tag makes it");
	r = repo("ns", "a/b");
	ok(store_v1repo_exists(&r), "then it is");
	is_str(tree("repositories/ns"),
	    "repositories/ns/a%2Fb/tag_x y\nrepositories/ns/a%2Fb/tagx y_json\n",
	    "a tag in the older spelling");
	is_int(remove_tag(&r, "x y"), RC_OK, "without its last file");
	ok(!is_there("repositories/ns/a%2Fb"), "it is gone");

	write_text("repositories/n+s/a%252Fb/tag_x+y", im.id);
	r = repo("n s", "a/b");
	is_str(r.dir, "repositories/n+s/a%252Fb", "one of a newer server");
	is_str(tag_of(&r, "x y"), im.id, "its tag");
	is_int(put_tag(&r, "x y", &im), RC_OK, "is written again");
	is_int(put_tag(&r, "z", &im), RC_OK, "next to another");
	is_str(tree("repositories/n+s"),
	    "repositories/n+s/a%252Fb/tag_x+y\nrepositories/n+s/a%252Fb/tag_z\n"
	    "repositories/n+s/a%252Fb/tagx+y_json\n"
	    "repositories/n+s/a%252Fb/tagz_json\n",
	    "in the newer spelling");
}

/* What is the one's newer spelling is not the other's older one. */
static void
test_one_name(void)
{
	struct image im = image_of('8', NULL, "x");
	struct store_v1repo r;

	write_text("repositories/odd/a%252Fb/tag_t", im.id);
	write_text("repositories/x+y/r/tag_t", im.id);
	is_str(
	    repo("odd", "a/b").dir, "repositories/odd/a%252Fb", "of three parts");
	ok(is_repo("odd", "a/b"), "it is there");
	r = repo("odd", "a%2Fb");
	ok(!store_v1repo_exists(&r), "one of two parts, with a %% in it, is not");
	is_int(put_tag(&r, "t", &im), RC_OK, "it can be made");
	ok(is_repo("odd", "a%2Fb"), "then it is");
	is_str(tree("repositories/odd"),
	    "repositories/odd/a%25252Fb/tag_t\n"
	    "repositories/odd/a%25252Fb/tagt_json\n"
	    "repositories/odd/a%252Fb/tag_t\n",
	    "next to the other");
	is_str(
	    v1spelling_read(arena, "odd", "a%25252Fb"), "odd/a%2Fb", "read back");
	ok(is_repo("x y", "r"), "a namespace with a blank");
	ok(!is_repo("x+y", "r"), "is none with a plus");
	write_text("repositories/odd/a%2Bb/tag_t", im.id);
	ok(is_repo("odd", "a b"), "a blank");
	ok(!is_repo("odd", "a+b"), "is not a plus");
	is_str(repo("odd", "a+b").dir, "repositories/odd/a%252Bb",
	    "which has its own");
}

/* "ns/repo" as the store has it. */
static const char *
settled(const char *ns, const char *repo_name)
{
	struct v1name name = {ns, repo_name};

	if (store_v1repo_resolve(store, arena, &name, &err) != RC_OK)
		return err.text;
	return v1name_full(arena, &name);
}

/* In every spelling the one that is there is found. */
static void
test_settling(void)
{
	struct image im = image_of('9', NULL, "x");
	struct store_v1repo r;

	write_text("repositories/old/sp%2Bace/tag_x+y", im.id);
	write_text("repositories/old/sp%2Bace/tag_p%2Bq", im.id);
	write_text("repositories/old/sp%2Bace/tag_1.0", im.id);
	write_text("repositories/old/a%2520b/tag_t", im.id);
	write_text("repositories/p+q/r/tag_t", im.id);
	is_str(settled("old", "sp ace"), "old/sp ace", "a blank");
	is_str(settled("old", "sp+ace"), "old/sp ace", "as a plus");
	is_str(settled("old", "sp%2Bace"), "old/sp%2Bace",
	    "none that no server wrote");
	is_str(settled("old", "a%20b"), "old/a%20b", "a %%");
	is_str(settled("p q", "r"), "p q/r", "in a namespace");
	is_str(settled("p+q", "r"), "p q/r", "as a plus");
	is_str(settled("old", "not here"), "old/not here", "one that is not there");
	is_str(settled("old", "plain"), "old/plain", "an ordinary one");
	r = repo("old", "sp ace");
	ok(store_v1repo_exists(&r), "it is there");
	is_str(tags_of(&r), "1.0=9 p+q=9 x+y=9 ", "its tags");
	is_str(tag_of(&r, "x y"), im.id, "one with a blank");
	is_str(tag_of(&r, "x+y"), im.id, "as a plus");
	is_str(tag_of(&r, "p+q"), im.id, "one with a plus");
	is_str(tag_of(&r, "p%2Bq"), im.id, "as it is spelt");
	write_text("repositories/old/sp%2Bace/tag_p+q", im.id);
	is_str(tags_of(&r), "1.0=9 p+q=9 x+y=9 ", "a tag in both spellings is one");
}

/* ---- repositories ---- */

static void
test_repository(const struct image *base, const struct image *child)
{
	static const char images[] = "[{\"id\": \"0123456789abcdef\"}]";
	struct store_v1repo r = repo("library", "ubuntu");
	struct str text = {NULL, 0};
	struct guard g;

	is_int(store_v1repo_images(&r, &text, &err), RC_NOT_FOUND, "no list");
	is_int(store_v1repo_meta(&r, &text, &err), RC_NOT_FOUND, "no json");
	g = hold(GUARD_REPOSITORY, "library/ubuntu");
	is_int(
	    store_v1repo_set_images(&r, &g, str_of(images), &err), RC_OK, "a list");
	guard_release(&g);
	ok(is_repo("library", "ubuntu"), "makes a repository");
	is_int(put_tag(&r, "14.04", base), RC_OK, "a tag");
	ok(!is_there("repositories/library/ubuntu/json"), "leaves json alone");
	is_int(put_tag(&r, "latest", child), RC_OK, "latest");
	is_str(tree("repositories/library"),
	    "repositories/library/ubuntu/_index_images\n"
	    "repositories/library/ubuntu/json\n"
	    "repositories/library/ubuntu/tag14.04_json\n"
	    "repositories/library/ubuntu/tag_14.04\n"
	    "repositories/library/ubuntu/tag_latest\n"
	    "repositories/library/ubuntu/taglatest_json\n",
	    "the files of the old server");
	is_str(read_text("repositories/library/ubuntu/_index_images"), images,
	    "_index_images");
	is_str(read_text("repositories/library/ubuntu/json"), META, "json");
	is_str(read_text("repositories/library/ubuntu/tag14.04_json"), META,
	    "tag14.04_json");
	is_str(read_text("repositories/library/ubuntu/tag_14.04"), base->id,
	    "a tag is an id without a newline");
	is_str(tags_of(&r), "14.04=a latest=b ", "they are listed");
	is_int(remove_tag(&r, "latest"), RC_OK, "latest goes");
	is_int(remove_tag(&r, "latest"), RC_NOT_FOUND, "once");
	is_str(tree("repositories/library"),
	    "repositories/library/ubuntu/_index_images\n"
	    "repositories/library/ubuntu/tag14.04_json\n"
	    "repositories/library/ubuntu/tag_14.04\n",
	    "with json");
	g = hold(GUARD_REPOSITORY, "library/ubuntu");
	is_int(store_v1repo_remove(&r, &g, &err), RC_OK, "all of it goes");
	is_int(store_v1repo_remove(&r, &g, &err), RC_NOT_FOUND, "once");
	guard_release(&g);
	is_str(tree("repositories/library"), "repositories/library/\n", "wholly");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nothing is left on the way");
}

/* tag_x_json is the json of tag "_x" or the id of tag "x_json". */
static void
test_ambiguous_tags(const struct image *a, const struct image *b)
{
	struct store_v1repo r = repo("team", "odd");

	is_int(put_tag(&r, "_x", a), RC_OK, "tag _x");
	is_str(read_text("repositories/team/odd/tag_x_json"), META, "has a json");
	is_str(tag_of(&r, "x_json"), "not_found", "that is not a tag x_json");
	is_str(tags_of(&r), "_x=a ", "nor listed as one");
	is_int(remove_tag(&r, "x_json"), RC_NOT_FOUND, "nor removed as one");
	is_int(put_tag(&r, "x_json", b), RC_OK, "tag x_json");
	is_str(tag_of(&r, "x_json"), b->id, "takes the file's place");
	is_str(tag_of(&r, "_x"), a->id, "tag _x stays");
	is_str(meta_of(&r, "_x"), "not_found", "without json");
	is_int(put_tag(&r, "_x", b), RC_OK, "tag _x again");
	is_str(tag_of(&r, "x_json"), b->id, "an id is not overwritten by a json");
	is_str(tags_of(&r), "_x=b x_json=b ", "both are listed");
	is_int(remove_tag(&r, "_x"), RC_OK, "tag _x goes");
	is_str(tags_of(&r), "x_json=b ", "tag x_json stays");
	is_int(remove_tag(&r, "x_json"), RC_OK, "it goes too");
	ok(!is_there("repositories/team/odd"), "and with it the repository");
}

static void
test_damaged_tags(const struct image *a)
{
	struct store_v1repo r;

	write_text("repositories/team/hand/tag_line", "aaaaaaaaaaaaaaaa\n");
	write_text("repositories/team/hand/tag_none", "not an id");
	write_text("repositories/team/hand/tag_empty", "");
	write_text("repositories/team/hand/tag_dir/x", "");
	write_text("repositories/team/hand/tag_short", "abc");
	r = repo("team", "hand");
	is_str(tag_of(&r, "line"), "aaaaaaaaaaaaaaaa", "an id with a newline");
	is_str(
	    tag_of(&r, "none"), "not_found", "a file without an id is not a tag");
	is_str(tag_of(&r, "empty"), "not_found", "nor is an empty one");
	is_str(tags_of(&r), "line=a ", "they are passed over");
	is_int(put_tag(&r, "none", a), RC_OK, "and can be written");
	is_str(tag_of(&r, "none"), a->id, "again");
}

int
main(void)
{
	struct image base, child;

	setup_store(ON_DISK);
	base = image_of('a', NULL, "base layer");
	child = image_of('b', &base, "child layer");
	is_str(tree("images"), "images/\n", "a new store has no images");
	test_unfinished(&base);
	test_image(&base, &child);
	test_once();
	test_sums();
	test_states();
	test_spelling();
	test_unreadable_names();
	test_repository(&base, &child);
	test_finding();
	test_one_name();
	test_settling();
	test_ambiguous_tags(&base, &child);
	test_damaged_tags(&base);
	return teardown_store();
}
