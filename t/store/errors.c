/* errors.c: what cannot be read or written is an error, never "not there",
 * and leaves nothing half done. */
#include <ftw.h>
#include <grp.h>
#include <signal.h>
#include <sys/resource.h>

#include "image/imagelist.h"
#include "image/v1config.h"
#include "lib/held.h"
#include "lib/store.h"
#include "lib/text_digest.h"
#include "store/bridge.h"
#include "store/guard.h"
#include "store/inbox.h"
#include "store/v1image.h"
#include "store/v1push.h"
#include "store/v1repo.h"
#include "store/v1tag.h"
#include "storefs/storefs.h"

#define NOBODY 65534
#define ID     "0123456789abcdef"
#define PUSHED "fedcba9876543210"

static struct store_v1repo repo; /* ns/app */
static struct store_v1image image, pushed;
static struct guard repo_guard, pushed_guard;
static struct str text;
static const struct store_bridge_key record = {STORE_BRIDGE_LAYER, ID};

/* ---- calls, each in its simplest form ---- */

static enum result
image_state(void)
{
	enum store_v1image_state state;

	return store_v1image_state(&image, &state, &err);
}

static enum result
image_json(void)
{
	return store_v1image_json(&image, &text, &err);
}

static enum result
image_sum(void)
{
	return store_v1image_checksum(&image, &text, &err);
}

static enum result
find_repo(void)
{
	const struct v1name name = {"ns", "app"};
	struct store_v1repo found;

	return store_v1repo_find(store, arena, &name, &found, &err);
}

static enum result
repo_images(void)
{
	return store_v1repo_images(&repo, &text, &err);
}

static enum result
set_images(void)
{
	return store_v1repo_set_images(&repo, &repo_guard, str_of("[]"), &err);
}

static enum result
remove_repo(void)
{
	return store_v1repo_remove(&repo, &repo_guard, &err);
}

static enum result
get_tag(void)
{
	const char *id;

	return store_v1tag_get(&repo, "x", &id, &err);
}

static enum result
put_tag(void)
{
	const struct store_v1tag tag = {"x", ID, str_of("{}")};

	return store_v1tag_put(&repo, &repo_guard, &tag, &err);
}

static enum result
remove_tag(void)
{
	return store_v1tag_remove(&repo, &repo_guard, "x", &err);
}

static bool
no_tag(void *arg, const char *tag, const char *id)
{
	(void)arg, (void)tag, (void)id;
	return true;
}

static enum result
each_tag(void)
{
	return store_v1tag_each(&repo, no_tag, NULL, &err);
}

static bool
no_repo(void *arg, const char *name)
{
	(void)arg, (void)name;
	return true;
}

static enum result
walk(void)
{
	return store_v1repo_walk(store, no_repo, NULL, &err);
}

static enum result
lock(void)
{
	struct guard held;

	return guard_take(store, GUARD_IMAGE, ID, &held, &err);
}

static enum result
begun(void)
{
	struct store_v1pushes list = {.n = 0};

	return store_v1push_list(&pushed, &pushed_guard, &list, &err);
}

static enum result
begin_push(void)
{
	const struct store_v1push_begin what = {
	    .json = str_of("{}"), .ancestry = str_of("[]")};

	return store_v1push_begin(&pushed, &pushed_guard, &what, &err);
}

static enum result
adopt(void)
{
	struct stage *sg;

	return stage_adopt(store, arena, "1", &sg, &err);
}

static enum result
adopt_nothing(void)
{
	struct stage *sg;

	return stage_adopt(store, arena, NULL, &sg, &err);
}

static enum result
bodies(void)
{
	unsigned n;

	return store_inbox_sweep(store, &n, &err);
}

static enum result
tmp(void)
{
	unsigned n;

	return storefs_sweep_tmp(store, &n, &err);
}

static enum result
pushes(void)
{
	unsigned n;

	return store_v1push_sweep(store, -1, &n, &err);
}

static enum result
open_again(void)
{
	struct store *other;
	enum result r = storefs_open(dir, &other, &err);

	store_close(other);
	return r;
}

/* ---- without permission ---- */

/* ---- what the bridge needs ---- */

static enum result
version(void)
{
	return store_v1image_version(&image, &text, &err);
}

static enum result
layer_stage(void)
{
	struct stage *sg;

	return stage_of_layer(&image, &sg, &err);
}

static enum result
get_record(void)
{
	return store_bridge_record(store, arena, record, &text, &err);
}

static enum result
set_record(void)
{
	return store_bridge_set_record(store, arena, record, str_of("x"), &err);
}

static enum result
find_derived(void)
{
	const struct digest d = sha256("x");
	struct store_blob blob;

	return store_bridge_blob_find(store, arena, &d, &blob, &err);
}

static enum result
put_derived(void)
{
	const struct digest d = sha256("x");

	return store_bridge_blob_put_bytes(store, arena, str_of("x"), &d, &err);
}

static enum result
sweep_derived(void)
{
	unsigned n;

	return store_bridge_sweep(store, -1, &n, &err);
}

static enum result
ask(void)
{
	return store_bridge_ask(store, "ns/app", true, &err);
}

struct ban {
	const char *name; /* of the file that is forbidden */
	mode_t mode;
	enum result (*call)(void);
	const char *what;
};

/* Root may do anything, so it becomes somebody else. */
static int
as_nobody(void *arg)
{
	const struct ban *ban = arg;

	if (getuid() == 0 && (setgroups(0, NULL) == -1 || setgid(NOBODY) == -1 ||
				 setuid(NOBODY) == -1))
		return 100;
	return (int)ban->call();
}

static int
give_away(const char *path, const struct stat *sb, int type, struct FTW *at)
{
	(void)sb, (void)type, (void)at;
	return getuid() == 0 ? lchown(path, NOBODY, NOBODY) : 0;
}

/* The guards are taken before anything is forbidden. */
static void
take_handles(void)
{
	const struct v1name name = {"ns", "app"};

	guard_release(&repo_guard);
	guard_release(&pushed_guard);
	repo_guard = hold(GUARD_REPOSITORY, "ns/app");
	pushed_guard = hold(GUARD_IMAGE, PUSHED);
	image = store_v1image_make(store, arena, ID);
	pushed = store_v1image_make(store, arena, PUSHED);
	set_up(
	    store_v1repo_find(store, arena, &name, &repo, &err) == RC_OK ? 0 : -1);
}

static void
fill_store(void)
{
	write_text("images/" ID "/json", "{}");
	write_text("images/" ID "/_checksum", "sha256:0");
	write_text("repositories/ns/app/_index_images", "[]");
	write_text("repositories/ns/app/tag_x", ID);
	write_text("repositories/ns/app/tagx_json", "{}");
	write_text("images/" ID "/layer", "layer");
	write_text("images/" ID "/ancestry", "[\"" ID "\"]");
	write_text("_berth/push/" PUSHED "/begun-0", "");
	write_text("_berth/bridge/layer/01/" ID, "");
	make_dir("_berth/bridge/content/sha256");
	write_text("_berth/body/1", "layer");
	(void)nftw(dir, give_away, 16, FTW_PHYS);
	take_handles();
}

static void
test_bans(void)
{
	static const struct ban bans[] = {
	    {"images/" ID, 0, image_state, "an image's state"},
	    {"images/" ID "/json", 0, image_json, "its json"},
	    {"images/" ID "/_checksum", 0, image_sum, "its sum"},
	    {"repositories/ns/app", 0, find_repo, "a repository"},
	    {"repositories/ns", 0, find_repo, "one in a namespace"},
	    {"repositories/ns/app/_index_images", 0, repo_images, "its images"},
	    {"repositories/ns/app", 0500, set_images, "writing them"},
	    {"repositories/ns", 0500, remove_repo, "removing it"},
	    {"repositories/ns/app/tag_x", 0, get_tag, "a tag"},
	    {"repositories/ns/app/tag_x", 0, each_tag, "the tags"},
	    {"repositories/ns/app", 0500, put_tag, "writing a tag"},
	    {"repositories/ns/app", 0500, remove_tag, "removing it"},
	    {"repositories", 0, walk, "the walk"},
	    {"repositories/ns", 0, walk, "the walk of a namespace"},
	    {"repositories/ns/app", 0, walk, "the walk to a repository"},
	    {"_berth/lock", 0400, lock, "a guard"},
	    {"_berth/push/" PUSHED, 0, begun, "what a push began with"},
	    {"_berth/push/" PUSHED, 0500, begin_push, "a push"},
	    {"images", 0500, begin_push, "a push of an image"},
	    {"_berth/tmp", 0500, begin_push, "a file on its way"},
	    {"_berth/body/1", 0, adopt, "a body"},
	    {"_berth/body", 0, adopt, "a body"},
	    {"_berth/tmp", 0, adopt_nothing, "an empty body"},
	    {"_berth/body", 0, bodies, "sweeping bodies"},
	    {"_berth/tmp", 0, tmp, "sweeping what has no name"},
	    {"_berth/push", 0, pushes, "sweeping pushes"},
	    {"images/" ID, 0, version, "an image's version"},
	    {"images/" ID "/layer", 0, layer_stage, "a layer for the other API"},
	    {"_berth/bridge/layer/01/" ID, 0, get_record, "a record"},
	    {"_berth/bridge/layer", 0, get_record, "the records of layers"},
	    {"_berth/bridge/layer/01", 0500, set_record, "writing a record"},
	    {"_berth/tmp", 0500, set_record, "the same on its way"},
	    {"_berth/bridge/content", 0, find_derived, "a derived blob"},
	    {"_berth/bridge/content/sha256", 0500, put_derived, "storing one"},
	    {"_berth/bridge/content", 0, sweep_derived, "sweeping them"},
	    {"_berth/bridge", 0500, ask, "asking for a repository"},
	    {"", 0, open_again, "the store"},
	    {"_berth", 0, open_again, "what berth needs in it"},
	};
	size_t i;

	for (i = 0; i < sizeof(bans) / sizeof(bans[0]); i++) {
		struct ban ban = bans[i];
		int got;

		fresh_store();
		fill_store();
		(void)chmod(in_dir(ban.name), ban.mode);
		got = run_in_process(as_nobody, &ban);
		(void)chmod(in_dir(ban.name), 0700);
		is_str(err_name((enum result)got), "io", "%s: %s with mode %03o",
		    ban.what, ban.name, (unsigned)ban.mode);
		is_str(read_text("repositories/ns/app/tag_x"), ID,
		    "the tag stays as it was");
		is_str(tree("_berth/tmp"), "_berth/tmp/\n",
		    "nothing is left on the way");
	}
}

/* ---- without room ---- */

static int
without_room(void *arg)
{
	const struct rlimit none = {0, 0};
	const struct ban *ban = arg;

	(void)signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &none) == -1)
		return 100;
	return (int)ban->call();
}

static int
without_descriptors(void *arg)
{
	const struct rlimit none = {3, 3};
	const struct ban *ban = arg;

	if (setrlimit(RLIMIT_NOFILE, &none) == -1)
		return 100;
	return (int)ban->call();
}

static void
test_limits(void)
{
	static const struct ban calls[] = {
	    {NULL, 0, set_images, "writing images"},
	    {NULL, 0, put_tag, "writing a tag"},
	    {NULL, 0, begin_push, "a push"},
	    {NULL, 0, set_record, "a record"},
	    {NULL, 0, put_derived, "a derived blob"},
	};
	static const struct ban opens[] = {
	    {NULL, 0, lock, "a guard"},
	    {NULL, 0, find_repo, "a repository"},
	    {NULL, 0, get_tag, "a tag"},
	    {NULL, 0, walk, "the walk"},
	    {NULL, 0, adopt, "a body"},
	};
	size_t i;

	fresh_store();
	fill_store();
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		struct ban call = calls[i];

		is_str(err_name((enum result)run_in_process(without_room, &call)),
		    "io", "%s where no file may grow", call.what);
		is_str(tree("_berth/tmp"), "_berth/tmp/\n",
		    "nothing is left on the way");
	}
	is_str(read_text("repositories/ns/app/tag_x"), ID, "the tag is as it was");
	for (i = 0; i < sizeof(opens) / sizeof(opens[0]); i++) {
		struct ban call = opens[i];

		is_str(err_name(
			   (enum result)run_in_process(without_descriptors, &call)),
		    "io", "%s without descriptors", call.what);
	}
}

/* ---- of the wrong kind or size ---- */

static const char *
large_json(size_t n)
{
	static const char head[] = "{\"id\": \"" ID "\"";
	char *json = arena_alloc(arena, n + 1);

	memset(json, ' ', n);
	memcpy(json, head, sizeof(head) - 1);
	json[n - 1] = '}';
	return json;
}

static void
test_sizes(void)
{
	fresh_store();
	fill_store();
	write_text("images/" ID "/json", large_json(V1CONFIG_MAX));
	is_int(image_json(), RC_OK, "a json as large as one may be");
	write_text("images/" ID "/json", large_json(V1CONFIG_MAX + 1));
	is_int(image_json(), RC_IMAGE_UNKNOWN, "a byte more");
	set_up(truncate(
	    in_dir("repositories/ns/app/_index_images"), (off_t)IMAGELIST_MAX + 1));
	is_int(repo_images(), RC_TOO_LARGE, "a list of images");
	(void)unlink(in_dir("images/" ID "/json"));
	make_dir("images/" ID "/json");
	is_int(image_json(), RC_IMAGE_UNKNOWN, "a directory is not a file");
	(void)rmdir(in_dir("images/" ID "/json"));
	write_text("images/" ID "/other", "{\"id\": \"" ID "\"}");
	set_up(symlink("other", in_dir("images/" ID "/json")));
	is_int(image_json(), RC_OK, "a symbolic link in the store is its target");
	(void)unlink(in_dir("images/" ID "/json"));
	set_up(mkfifo(in_dir("images/" ID "/json"), 0644));
	is_int(image_json(), RC_IMAGE_UNKNOWN, "a pipe is not waited for");
}

#define BELONGS \
	"%s%s belongs to user 65534: run berth as that user, or give the " \
	"directory to berth's"

/* What the owner of a part hears of the whole. */
static enum result
open_as_nobody(void)
{
	struct store *other;
	enum result r;

	set_up(seteuid(NOBODY));
	r = storefs_open(dir, &other, &err);
	set_up(seteuid(0));
	return r;
}

static void
test_open(void)
{
	struct store *other;

	is_int(storefs_open(in_dir("none"), &other, &err), RC_IO, "no directory");
	is_str(err.text,
	    arena_printf(
		arena, "open %s: No such file or directory", in_dir("none")),
	    "the error names it");
	ok(other == NULL, "there is no store");
	is_int(storefs_open(in_dir("_berth/lock"), &other, &err), RC_IO, "a file");
	set_up(chown(dir, geteuid(), (gid_t)-1));
	set_up(symlink(dir, in_dir("link")));
	if (geteuid() == 0) {
		set_up(chown(dir, NOBODY, (gid_t)-1));
		is_int(
		    storefs_open(dir, &other, &err), RC_IO, "another's, for root");
		is_str(err.text, arena_printf(arena, BELONGS, dir, ""),
		    "the error names its owner");
		set_up(chown(dir, 0, (gid_t)-1));
		set_up(chown(in_dir("images"), 0, (gid_t)-1));
		set_up(chown(in_dir("repositories"), 0, (gid_t)-1));
		make_dir("docker/registry/v2/blobs");
		set_up(
		    chown(in_dir("docker/registry/v2/blobs"), NOBODY, (gid_t)-1));
		is_int(storefs_open(dir, &other, &err), RC_IO, "a part of it");
		is_str(err.text,
		    arena_printf(arena, BELONGS, dir, "/docker/registry/v2/blobs"),
		    "which is named");
		is_int(open_as_nobody(), RC_IO, "all the rest, for its owner");
		set_up(chown(in_dir("docker/registry/v2/blobs"), 0, (gid_t)-1));
	}
	is_int(storefs_open(in_dir("link"), &other, &err), RC_OK,
	    "a symbolic link to a directory will do");
	store_close(other);
	store_close(NULL);
	(void)unlink(in_dir("_berth/lock"));
	set_up(symlink("../images/" ID "/json", in_dir("_berth/lock")));
	is_int(storefs_open(dir, &other, &err), RC_IO,
	    "the file of the guards must be a file");
}

int
main(void)
{
	setup_store(ON_DISK);
	test_bans();
	test_limits();
	test_sizes();
	test_open();
	return teardown_store();
}
