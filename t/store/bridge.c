/* bridge.c: where the store keeps what the bridge needs; what a power cut leaves of it; content
 * that is one file in both layouts, and a copy where it cannot be. */
#include <sched.h>
#include <sys/mount.h>

#include "lib/held.h"
#include "lib/store.h"
#include "lib/text_digest.h"
#include "lib/v1_image.h"
#include "store/bridge.h"

#define ID     "0123456789abcdef"
#define ROOT   "_berth/bridge"
#define RECORD ROOT "/layer/01/" ID
#define DAY    86400
#define NOBODY 65534

/* ---- what the tests do ---- */

static struct store_v1image
at(const char *id)
{
	return store_v1image_make(store, arena, id);
}

static enum result
set(const char *text)
{
	return store_bridge_set_record(store, arena,
	    (struct store_bridge_key){STORE_BRIDGE_LAYER, ID}, str_of(text), &err);
}

static const char *
record(void)
{
	struct str text;
	enum result r = store_bridge_record(store, arena,
	    (struct store_bridge_key){STORE_BRIDGE_LAYER, ID}, &text, &err);

	return r == RC_OK ? str_dup(arena, text) : err_name(r);
}

static const char *
file_of(const struct digest *d)
{
	return arena_printf(
	    arena, ROOT "/content/%s/%.2s/%s", digest_algorithm(d), d->hex, d->hex);
}

static const char *
data_of(const struct digest *d)
{
	return arena_printf(arena, "docker/registry/v2/blobs/%s/%.2s/%s/data",
	    digest_algorithm(d), d->hex, d->hex);
}

static enum result
put(const char *text)
{
	const struct digest d = sha256(text);

	return store_bridge_blob_put_bytes(store, arena, str_of(text), &d, &err);
}

/* "" or the name of an error. */
static const char *
found(const struct digest *d)
{
	struct store_blob blob;
	enum result r = store_bridge_blob_find(store, arena, d, &blob, &err);

	return r == RC_OK ? "" : err_name(r);
}

static const char *
long_text(void)
{
	return arena_printf(arena, "%0*d", (int)STORE_BLOB_SMALL_MAX + 1, 1);
}

/* An image as another server has left it. */
static void
write_image(const struct image *im)
{
	write_bytes(image_file(im, "json"), im->json);
	write_text(image_file(im, "ancestry"), im->ancestry);
	write_bytes(image_file(im, "layer"), im->layer);
	write_text(
	    image_file(im, "_checksum"), arena_printf(arena, "sha256:%s", im->sum));
}

static struct stage *
layer_of(const struct image *im)
{
	const struct store_v1image handle = at(im->id);
	struct stage *sg = NULL;

	if (stage_of_layer(&handle, &sg, &err) != RC_OK)
		bail_out(err.text);
	return sg;
}

static struct stage *
blob_of(const struct digest *d)
{
	struct stage *sg = NULL;

	if (stage_of_blob(store, arena, d, &sg, &err) != RC_OK)
		bail_out(err.text);
	return sg;
}

static bool
is_one_file(const char *x, const char *y)
{
	const struct stat a = stat_of(x), b = stat_of(y);

	return a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

/* ---- where it is ---- */

static void
test_places(void)
{
	const struct digest d = sha256("a"),
			    long_one = text_digest(HASH_SHA512, "a");
	const struct store_bridge_key keys[] = {{STORE_BRIDGE_IMAGE, ID},
	    {STORE_BRIDGE_IMAGE, digest_text(arena, &d)},
	    {STORE_BRIDGE_BLOB, digest_text(arena, &long_one)}};
	size_t i;

	is_str(tree(ROOT), ROOT "/\n", "the directory is there from the start");
	is_int(set("text"), RC_OK, "a record");
	is_str(tree(ROOT), RECORD "\n", "is a file");
	is_str(read_text(RECORD),
	    "982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1\ntext",
	    "with its sum");
	for (i = 0; i < COUNT(keys); i++)
		is_int(store_bridge_set_record(
			   store, arena, keys[i], str_of("x"), &err),
		    RC_OK, "another one");
	ok(is_there(ROOT "/image/01/" ID), "of an image by its id");
	ok(is_there(arena_printf(arena, ROOT "/image/sha256/ca/%s", d.hex)),
	    "by a digest");
	ok(is_there(arena_printf(arena, ROOT "/blob/sha512/1f/%s", long_one.hex)),
	    "of a blob");
	is_int(put("a"), RC_OK, "a blob");
	is_str(read_text(file_of(&d)), "a", "is a file, too");
	is_int(
	    store_bridge_ask(store, "team/app", false, &err), RC_OK, "asked for");
	ok(is_there(ROOT "/asked/team%2Fapp"), "is a file, too");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nothing is left on the way");
	remove_tree(in_dir(ROOT));
	is_str(record(), "not_found", "all of it may be thrown away");
	is_str(found(&d), "blob_unknown", "any time");
	is_int(set("text"), RC_OK, "and is made");
	is_int(put("a"), RC_OK, "again");
	is_str(found(&d), "", "as it was");
}

static void
test_not_writable(void)
{
	remove_tree(in_dir("_berth/tmp"));
	is_int(set("text"), RC_IO, "a record cannot be written");
	ok(strstr(err.text, "_berth/tmp") != NULL, "the path is in the error: %s",
	    err.text);
	is_int(put("a"), RC_IO, "nor a blob");
	make_dir("_berth/tmp");
	remove_tree(in_dir(ROOT));
	write_text(ROOT, "a file");
	is_int(set("text"), RC_IO, "a file is in the way");
	is_int(put("a"), RC_IO, "of both");
}

/* ---- damage ---- */

static void
test_damaged_records(void)
{
	struct str whole;
	char *copy;
	size_t i, passed = 0;

	is_int(set("one line"), RC_OK, "a record");
	whole = str_of(read_text(RECORD));
	for (i = 0; i < whole.n; i++) {
		write_bytes(RECORD, str_make(whole.p, i));
		passed += strcmp(record(), "not_found") != 0;
		copy = arena_strndup(arena, whole.p, whole.n);
		copy[i] = '\0';
		write_bytes(RECORD, str_make(copy, whole.n));
		passed += strcmp(record(), "not_found") != 0;
	}
	is_int(passed, 0, "cut off or changed anywhere it is missing");
	write_bytes(RECORD, str_of(arena_printf(arena, "%0*d",
				(int)STORE_BRIDGE_RECORD_MAX + 100, 1)));
	is_str(record(), "not_found", "as if it is too long");
	is_int(set("new"), RC_OK, "it is written again");
	is_str(record(), "new", "and is there");
}

static void
test_damaged_blobs(void)
{
	const struct digest d = sha256("small"), large = sha256(long_text());
	struct str text;

	is_int(put("small"), RC_OK, "a small blob");
	write_text(file_of(&d), "smell");
	is_str(found(&d), "blob_unknown", "changed, it is missing");
	is_int(store_bridge_blob_read(store, arena,
		   (struct store_bridge_document){&d, 100}, &text, &err),
	    RC_BLOB_UNKNOWN, "also when it is read");
	write_text(file_of(&d), "");
	is_str(found(&d), "blob_unknown", "so it is if it is empty");
	is_int(put("small"), RC_OK, "it is stored again");
	is_str(found(&d), "", "and is there");
	is_int(put(long_text()), RC_OK, "a large blob");
	write_text(file_of(&large), "");
	is_str(found(&large), "blob_unknown", "empty, it is missing");
	write_bytes(file_of(&large), str_make(long_text(), 100));
	is_str(found(&large), "blob_unknown", "so it is if it is short");
	is_int(put(long_text()), RC_OK, "it is stored again");
	is_str(found(&large), "", "and is there");
}

/* ---- sweeping ---- */

static void
test_sweep(void)
{
	const struct digest used = sha256("used"), old = sha256("old");
	unsigned n;

	is_int(put("used"), RC_OK, "a blob");
	is_int(put("old"), RC_OK, "another one");
	is_int(set("text"), RC_OK, "a record");
	make_older(file_of(&used), 40 * DAY);
	make_older(file_of(&old), 40 * DAY);
	make_older(RECORD, 40 * DAY);
	is_str(found(&used), "", "one is used");
	is_int(store_bridge_sweep(store, 30 * DAY, &n, &err), RC_OK, "a sweep");
	is_int(n, 1, "removes one");
	is_str(found(&used), "", "not the one in use");
	is_str(found(&old), "blob_unknown", "but the other");
	is_str(record(), "text", "records stay");
	make_older(file_of(&used), 40 * DAY);
	is_int(store_bridge_sweep(store, 30 * DAY, &n, &err), RC_OK, "the next");
	is_int(n, 0, "comes too early");
	make_older(ROOT "/swept", DAY + 1);
	is_int(store_bridge_sweep(store, 30 * DAY, &n, &err), RC_OK, "a day later");
	is_int(n, 1, "it does not");
}

/* ---- one file ---- */

static void
test_layer_is_blob(void)
{
	const struct image im = image_of('a', NULL, "the layer");
	const struct digest d = sha256("the layer");
	const char *layer = image_file(&im, "layer"), *data = data_of(&d);
	struct stat before, after;

	write_image(&im);
	if (chmod(in_dir(layer), 0604) == -1)
		bail_out("chmod");
	make_older(layer, 40 * DAY);
	before = stat_of(layer);
	is_int(store_blob_put(store, arena, layer_of(&im), &d, &err), RC_OK,
	    "a layer becomes a blob");
	after = stat_of(layer);
	ok(is_one_file(layer, data), "it is one file");
	is_int(after.st_nlink, 2, "with two names");
	is_int(after.st_mode, before.st_mode, "its mode is as it was");
	ok(after.st_mtime == before.st_mtime, "so is its time");
	ok(after.st_atime > before.st_atime, "the blob is pinned");
	is_int(
	    store_blob_put(store, arena, layer_of(&im), &d, &err), RC_OK, "again");
	is_int(stat_of(layer).st_nlink, 2, "nothing happens");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nothing is left on the way");

	write_text(data, "damage"); /* of both: it is one file */
	remove_tree(in_dir(layer));
	write_bytes(layer, im.layer);
	is_int(store_blob_put(store, arena, layer_of(&im), &d, &err), RC_OK,
	    "a damaged blob is replaced");
	is_str(read_text(data), "the layer", "it has its bytes");
	ok(is_one_file(layer, data), "and is the layer again");
}

static void
test_blob_is_layer(void)
{
	const struct image one = image_of('b', NULL, "shared"),
			   two = image_of('c', &one, "shared");
	const struct digest d = sha256("shared");
	struct stage *sg;

	write_text(data_of(&d), "shared");
	sg = blob_of(&d);
	is_int(held_image_put(&one, sg), RC_OK, "a blob is the layer of an image");
	is_int(held_image_put(&two, sg), RC_OK, "and of another one");
	is_int(stat_of(data_of(&d)).st_nlink, 3, "it is one file");
	remove_tree(in_dir(image_file(&two, "layer")));
	is_int(held_image_put(&two, blob_of(&d)), RC_OK,
	    "an image whose layer is lost is put again");
	ok(is_one_file(image_file(&two, "layer"), data_of(&d)), "and whole");
	is_str(read_text(image_file(&two, "json")), two.json.p, "with its json");
	ok(!is_there(image_file(&two, "_inprogress")), "not as unfinished");
	ok(!is_there(push_file(&two, "")), "and nothing is left of its push");
}

/* A derived blob that is also the layer of an image: to use it changes nothing about the image. */
static void
test_derived_is_layer(void)
{
	const struct image im = image_of('2', NULL, "derived");
	const struct store_v1image handle = at(im.id);
	const struct digest d = sha256("derived");
	struct str before, after;
	struct stage *sg;
	unsigned n;

	is_int(put("derived"), RC_OK, "a derived blob");
	is_int(
	    stage_of_bridge_blob(store, arena, &d, &sg, &err), RC_OK, "of which");
	is_int(held_image_put(&im, sg), RC_OK, "an image is made");
	ok(is_one_file(image_file(&im, "layer"), file_of(&d)), "it is one file");
	make_older(file_of(&d), 40 * DAY);
	(void)store_v1image_version(&handle, &before, &err);
	is_str(found(&d), "", "it is used");
	(void)store_v1image_version(&handle, &after, &err);
	ok(str_eq(before, after), "and the image has the version that it had");
	is_int(store_bridge_sweep(store, 30 * DAY, &n, &err), RC_OK, "a sweep");
	is_str(found(&d), "", "does not remove it");
}

/* What has become of the file between the two calls does not matter. */
static void
test_removed_meanwhile(void)
{
	const struct image im = image_of('d', NULL, "fleeting");
	const struct digest d = sha256("fleeting");
	struct stage *sg;

	write_image(&im);
	sg = layer_of(&im);
	remove_tree(in_dir(image_file(&im, "layer")));
	is_int(store_blob_put(store, arena, sg, &d, &err), RC_OK,
	    "the layer was removed meanwhile");
	is_str(read_text(data_of(&d)), "fleeting", "its bytes are copied");
	is_str(found(&d), "blob_unknown", "it is not a derived one");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nothing is left on the way");
}

/* ---- a file of another user ---- */

static int
put_as_nobody(void *arg)
{
	const struct image *im = arg;
	const struct digest d = sha256("not ours");

	if (setgid(NOBODY) == -1 || setuid(NOBODY) == -1)
		return 100;
	return (int)store_blob_put(store, arena, layer_of(im), &d, &err);
}

/* The kernel may refuse another name of it (fs.protected_hardlinks), and refuses other times. */
static void
test_other_user(void)
{
	struct image im = image_of('1', NULL, "not ours");
	const struct digest d = sha256("not ours");
	const char *const ours[] = {
	    ".", "images", "docker", "_berth", "_berth/tmp", image_file(&im, "")};
	struct stat before;
	size_t i;

	if (getuid() != 0) {
		ok(true, "# SKIP only root may become another user");
		return;
	}
	write_image(&im);
	make_dir("docker");
	if (chmod(in_dir(image_file(&im, "layer")), 0644) == -1)
		bail_out("chmod");
	for (i = 0; i < COUNT(ours); i++)
		if (chown(in_dir(ours[i]), NOBODY, NOBODY) == -1)
			bail_out(ours[i]);
	before = stat_of(image_file(&im, "layer"));
	is_int(run_in_process(put_as_nobody, &im), RC_OK,
	    "a layer of another user becomes a blob");
	is_str(read_text(data_of(&d)), "not ours", "with its bytes");
	ok(stat_of(image_file(&im, "layer")).st_uid == before.st_uid &&
		stat_of(image_file(&im, "layer")).st_mode == before.st_mode,
	    "the layer is as it was");
}

/* ---- several disks ---- */

static bool
may_mount(void)
{
	return unshare(CLONE_NEWNS) == 0 &&
	       mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static void
mount_disk(const char *path)
{
	make_dir(path);
	if (mount("none", in_dir(path), "tmpfs", 0, NULL) == -1)
		bail_out("mount");
}

static void
test_disk(const char *path, bool one_file)
{
	const struct image im = image_of('e', NULL, "far away"),
			   other = image_of('f', &im, "far away");
	const struct digest d = sha256("far away");
	const char *layer = image_file(&im, "layer");

	fresh_store();
	mount_disk(path);
	if (strcmp(path, "_berth") == 0) {
		store_close(store);
		open_store();
	}
	write_image(&im);
	is_int(store_blob_put(store, arena, layer_of(&im), &d, &err), RC_OK,
	    "%s is another disk: a layer becomes a blob", path);
	is_str(read_text(data_of(&d)), "far away", "with its bytes");
	ok(is_one_file(layer, data_of(&d)) == one_file, "one file: %s",
	    one_file ? "yes" : "no");
	is_int(held_image_put(&other, blob_of(&d)), RC_OK, "and the blob a layer");
	is_str(
	    read_text(image_file(&other, "layer")), "far away", "with its bytes");
	ok(strstr(tree("."), "/.berth-") == NULL, "nothing is left on the way");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nor there");
	is_int(set("text"), RC_OK, "a record");
	is_str(record(), "text", "is kept");
	is_int(put("small"), RC_OK, "so is a blob");
	if (umount2(in_dir(path), MNT_DETACH) == -1)
		bail_out("umount2");
}

static void
test_disks(void)
{
	if (!may_mount()) {
		ok(true, "# SKIP only root may mount");
		return;
	}
	test_disk("images", false);
	test_disk("docker", false);
	test_disk("_berth", true);
	test_disk(ROOT, true);
}

/* ---- versions ---- */

static const char *
version(const char *id)
{
	const struct store_v1image im = at(id);
	struct str text;
	enum result r = store_v1image_version(&im, &text, &err);

	return r == RC_OK ? str_dup(arena, text) : err_name(r);
}

static void
test_version(void)
{
	static const char *const files[] = {"json", "ancestry", "layer"};
	const struct image im = image_of('1', NULL, "layer");
	const char *before;
	size_t i;

	write_image(&im);
	for (i = 0; i < COUNT(files); i++) {
		before = version(im.id);
		is_str(version(im.id), before, "it is the same");
		make_older(image_file(&im, files[i]), 1000);
		ok(strcmp(version(im.id), before) != 0, "another %s", files[i]);
		before = version(im.id);
		write_text(image_file(&im, files[i]), "longer than it was before");
		make_older(image_file(&im, files[i]), 1000);
		ok(strcmp(version(im.id), before) != 0, "of another length");
		remove_tree(in_dir(image_file(&im, files[i])));
		is_str(version(im.id), "image_unknown", "without it");
		write_text(image_file(&im, files[i]), "again");
	}
}

int
main(void)
{
	static void (*const tests[])(void) = {test_places, test_not_writable,
	    test_damaged_records, test_damaged_blobs, test_sweep,
	    test_layer_is_blob, test_blob_is_layer, test_derived_is_layer,
	    test_removed_meanwhile, test_other_user, test_version};
	size_t i;

	setup_store(IN_MEMORY);
	for (i = 0; i < COUNT(tests); i++) {
		fresh_store();
		tests[i]();
	}
	test_disks();
	return teardown_store();
}
