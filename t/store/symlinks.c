/* symlinks.c: symbolic links in the store, at each level, to each kind of place, for
 * each kind of call; by openat2(2), and without it. What is not a file, and modes. */
#include <ftw.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "base/buf.h"
#include "image/v1name.h"
#include "lib/held.h"
#include "lib/repository.h"
#include "lib/v2_store.h"
#include "store/blob.h"
#include "store/description.h"
#include "store/inbox.h"
#include "store/manifest.h"
#include "store/repository.h"
#include "store/tag.h"
#include "store/upload.h"
#include "store/v1image.h"
#include "store/v1push.h"
#include "store/v1repo.h"
#include "store/v1tag.h"
#include "storefs/storefs.h"

#define ID       "00000000000000a1"
#define OTHER_ID "00000000000000b2"
#define TEXT     "a manifest, as it happens"

static const struct v1name ns_app = {"ns", "app"};
static struct digest manifest;
static const char *outside; /* a directory next to the store: "../<name>" */

/* ---- a store with something of each kind ---- */

static void
fill(void)
{
	write_text("images/" ID "/json", "{\"id\": \"" ID "\"}");
	write_text("images/" ID "/ancestry", "[\"" ID "\"]");
	write_text("images/" ID "/layer", "the bytes of a layer");
	write_text("repositories/ns/app/tag_latest", ID);
	write_text("repositories/ns/app/_index_images", "[]");
	manifest = write_manifest(APP, TEXT);
	write_tag(APP, "v1", &manifest);
	write_text(in_repo(APP,
		       arena_printf(arena, "_layers/sha256/%s/link", manifest.hex)),
	    digest_text(arena, &manifest));
}

static bool
add_name(void *arg, const char *name)
{
	buf_printf(arg, " %s", name);
	return true;
}

static bool
add_tag(void *arg, const char *tag, const char *id)
{
	(void)id;
	return add_name(arg, tag);
}

static bool
add_v2_tag(void *arg, const char *tag, const struct digest *d)
{
	(void)d;
	return add_name(arg, tag);
}

/* Its bytes, if no link is on the way: nginx follows none. */
static const char *
as_nginx(const struct content *content)
{
	const char *file = store_content_uri(content);
	char *real = realpath(in_dir(file), NULL), *root = realpath(dir, NULL);
	bool straight = real != NULL &&
			strcmp(real, arena_printf(arena, "%s/%s", root, file)) == 0;

	free(real);
	free(root);
	return straight ? read_text(file) : "behind a link";
}

static void
add_v1(struct buf *b)
{
	const struct store_v1image im = store_v1image_make(store, arena, ID);
	struct store_v1repo repo = {.st = NULL};
	const struct content *file;
	struct str text = str_of(NULL);
	const char *id = "";
	enum result r;

	r = store_v1repo_find(store, arena, &ns_app, &repo, &err);
	buf_printf(b, "repository=%s,%d", err_name(r), store_v1repo_exists(&repo));
	r = store_v1tag_get(&repo, "latest", &id, &err);
	buf_printf(b, " tag=%s,%s", err_name(r), id);
	(void)store_v1tag_each(&repo, add_tag, b, &err);
	r = store_v1image_json(&im, &text, &err);
	buf_printf(b, " json=%s,%.*s", err_name(r), STR_ARG(text));
	r = store_v1image_layer(&im, &file, &err);
	buf_printf(
	    b, " layer=%s,%s", err_name(r), r == RC_OK ? as_nginx(file) : "");
	r = store_v1repo_walk(store, add_name, b, &err);
	buf_printf(b, " walk=%s", err_name(r));
}

static void
add_v2(struct buf *b)
{
	struct digest d;
	struct store_manifest m = {.bytes = {"", 0}};
	struct store_blob blob;
	enum result r = store_tag_get(repository(APP), "v1", &d, &err);

	buf_printf(b, " tag=%s", err_name(r));
	(void)store_tag_each(repository(APP), "", add_v2_tag, b, &err);
	r = store_manifest_read(repository(APP), &manifest, &m, &err);
	buf_printf(b, " manifest=%s,%.*s", err_name(r), STR_ARG(m.bytes));
	r = store_blob_find(repository(APP), &manifest, &blob, &err);
	buf_printf(b, " blob=%s,%s", err_name(r),
	    r == RC_OK ? as_nginx(blob.content) : "");
	r = store_repository_walk(store, add_name, b, &err);
	buf_printf(b, " walk=%s", err_name(r));
}

/* All that the store tells. */
static const char *
facts(void)
{
	struct buf b;

	buf_init(&b, arena, TREE_MAX);
	add_v1(&b);
	add_v2(&b);
	return buf_str(&b).p;
}

/* ---- changes: each is made and taken back ---- */

static enum result
change_v1(void)
{
	struct store_v1push_begin begin = {str_of("{\"id\": \"" OTHER_ID "\"}"),
	    str_of("[\"" OTHER_ID "\"]"), str_of(NULL), str_of(NULL)};
	const struct store_v1tag tag = {"new", ID, str_of("{}")};
	struct guard g = hold(GUARD_REPOSITORY, "ns/app");
	struct store_v1repo repo;
	unsigned removed;
	enum result r = store_v1repo_find(store, arena, &ns_app, &repo, &err);

	if (r == RC_OK)
		r = store_v1tag_put(&repo, &g, &tag, &err);
	if (r == RC_OK)
		r = store_v1tag_remove(&repo, &g, "new", &err);
	guard_release(&g);
	if (r == RC_OK)
		r = held_push_begin(OTHER_ID, &begin);
	if (r == RC_OK)
		r = store_v1push_sweep(store, -1, &removed, &err);
	if (r == RC_OK && (removed != 1 || is_there("images/" OTHER_ID)))
		r = RC_MISMATCH;
	return r;
}

static enum result
change_v2(void)
{
	struct store_manifest m = {sha256("another"), str_of("another")};
	enum result r = held_manifest_put(APP, &m, str_of("text/plain"));

	if (r == RC_OK)
		r = held_tag_put(APP, "new", &m.digest);
	if (r == RC_OK)
		r = held_tag_remove(APP, "new");
	if (r == RC_OK)
		r = store_blob_link(repository(APP), &m.digest, &err);
	if (r == RC_OK)
		r = held_blob_unlink(APP, &m.digest);
	if (r == RC_OK)
		r = held_manifest_remove(APP, &m.digest);
	return r;
}

static enum result
change_own(void)
{
	struct store_upload up;
	unsigned removed;
	enum result r = store_upload_begin(repository(APP), HASH_SHA256, &up, &err);

	if (r == RC_OK)
		r = store_upload_cancel(repository(APP), str_of(up.id), &err);
	if (r == RC_OK)
		r = store_description_set(
		    store, arena, &ns_app, str_of("about"), &err);
	if (r == RC_OK)
		r = store_description_set(
		    store, arena, &ns_app, str_of(NULL), &err);
	if (r == RC_OK)
		r = storefs_sweep_tmp(store, &removed, &err);
	if (r == RC_OK)
		r = store_inbox_sweep(store, &removed, &err);
	if (r == RC_OK)
		r = store_upload_sweep(store, 0, &removed, &err);
	return r;
}

static enum result
push_image(void)
{
	struct store_v1push_begin begin = {str_of("{\"id\": \"" OTHER_ID "\"}"),
	    str_of("[\"" OTHER_ID "\"]"), str_of(NULL), str_of(NULL)};
	struct store_v1pushes begun = {.n = 0};
	struct store_v1push *push = &begun.of[0];
	struct stage *sg;
	enum result r = held_push_begin(OTHER_ID, &begin);

	if (r == RC_OK)
		r = held_push_list(OTHER_ID, &begun);
	if (r == RC_OK)
		r = stage_adopt(
		    store, arena, make_body(str_of("layer")), &sg, &err);
	if (r == RC_OK)
		r = stage_payload_sum(sg, push->json, push->payload, &err);
	if (r == RC_OK)
		r = held_push_wait(OTHER_ID, sg, &begun);
	if (r == RC_OK)
		r = held_push_confirm(OTHER_ID, push->payload);
	if (r == RC_OK &&
	    strcmp(read_text("images/" OTHER_ID "/layer"), "layer") != 0)
		r = RC_MISMATCH;
	return r;
}

/* In two parts, as the second is appended. */
static enum result
push_blob(void)
{
	struct digest d = sha256("a blob");
	struct store_upload up;
	struct store_blob blob;
	struct stage *sg;
	enum result r = store_upload_begin(repository(APP), HASH_SHA256, &up, &err);
	struct hash after = up.hash;

	hash_add(&after, "a ", 2);
	if (r == RC_OK)
		r = stage_adopt(store, arena, make_body(str_of("a ")), &sg, &err);
	if (r == RC_OK)
		r = store_upload_append(&up, sg, &after, &err);
	hash_add(&after, "blob", 4);
	if (r == RC_OK)
		r = stage_adopt(store, arena, make_body(str_of("blob")), &sg, &err);
	if (r == RC_OK)
		r = store_upload_append(&up, sg, &after, &err);
	if (r == RC_OK)
		r = stage_adopt(store, arena, NULL, &sg, &err);
	if (r == RC_OK)
		r = store_upload_finish(&up, sg, &after, &err);
	if (r == RC_OK)
		r = store_blob_find_anywhere(store, arena, &d, &blob, &err);
	if (r == RC_OK && strcmp(read_text(blob_data(&d)), "a blob") != 0)
		r = RC_MISMATCH;
	return r;
}

/* What removes most. */
static void
remove_all(void)
{
	struct guard g = hold(GUARD_REPOSITORY, "ns/app");
	struct store_v1repo repo;

	if (store_v1repo_find(store, arena, &ns_app, &repo, &err) == RC_OK)
		(void)store_v1repo_remove(&repo, &g, &err);
	guard_release(&g);
	(void)held_tag_remove(APP, "v1");
	(void)held_manifest_remove(APP, &manifest);
	(void)held_blob_unlink(APP, &manifest);
}

/* ---- links ---- */

enum kind { INSIDE, OUTSIDE, NOWHERE };

/* In a target U stands for ".." as often as leads to the root, R for the root's path, N for
 * its name, O for the directory next to it, and S for the link's own name. */
static const struct way {
	const char *name;
	enum kind kind;
	const char *target;
} ways[] = {
    {"relative", INSIDE, "Umoved"},
    {"absolute", INSIDE, "R/moved"},
    {"up and down again", INSIDE, "U../N/./moved"},
    {"a link to a link", INSIDE, "Uhop"},
    {"out, relative", OUTSIDE, "UO/moved"},
    {"out, absolute", OUTSIDE, "R/O/moved"},
    {"out and back", OUTSIDE, "UO/back"},
    {"a neighbour whose name begins alike", OUTSIDE, "R-out/moved"},
    {"to itself", NOWHERE, "S"},
    {"a circle", NOWHERE, "Ucircle"},
    {"to nothing", NOWHERE, "Unone"},
};

/* With such a link in place of a directory that is needed the store is not opened: it would
 * look empty. */
static const struct level {
	const char *path;
	bool needed;
} levels[] = {
    {"images", true},
    {"images/" ID, false},
    {"images/" ID "/json", false},
    {"images/" ID "/layer", false},
    {"repositories", true},
    {"repositories/ns", false},
    {"repositories/ns/app", false},
    {"repositories/ns/app/tag_latest", false},
    {"docker", true},
    {"docker/registry", true},
    {"docker/registry/v2", true},
    {REPOS, true},
    {REPOS "/team", false},
    {REPOS "/team/app", false},
    {REPOS "/team/app/_layers", false},
    {REPOS "/team/app/_manifests", false},
    {REPOS "/team/app/_manifests/tags", false},
    {REPOS "/team/app/_manifests/tags/v1", false},
    {REPOS "/team/app/_manifests/tags/v1/current/link", false},
    {REPOS "/team/app/_manifests/revisions/sha256", false},
    {BLOBS, true},
    {BLOBS "/sha256", true},
    {"_berth", true},
    {"_berth/tmp", true},
    {"_berth/upload", true},
};

static const char *
own_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

static const char *
target_of(const struct way *way, const char *path)
{
	const char *p;
	struct buf b;

	buf_init(&b, arena, 4096);
	for (p = way->target; *p != '\0'; p++) {
		const char *up = path;

		if (*p == 'U')
			while ((up = strchr(up, '/')) != NULL && *up++ == '/')
				buf_adds(&b, "../");
		else if (*p == 'R')
			buf_adds(&b, dir);
		else if (*p == 'N')
			buf_adds(&b, own_name(dir));
		else if (*p == 'O')
			buf_adds(&b, outside);
		else if (*p == 'S')
			buf_adds(&b, own_name(path));
		else
			buf_add(&b, p, 1);
	}
	return buf_str(&b).p;
}

static void
plant(const struct level *level, const struct way *way)
{
	const char *away = "moved";

	if (way->kind == OUTSIDE)
		away = arena_printf(arena, "%s/moved", outside);
	set_up(rename(in_dir(level->path), in_dir(away)));
	set_up(symlink(target_of(way, level->path), in_dir(level->path)));
	set_up(symlink("moved", in_dir("hop")));
	set_up(symlink(level->path, in_dir("circle")));
	if (way->kind == OUTSIDE)
		set_up(symlink(in_dir("hop"),
		    in_dir(arena_printf(arena, "%s/back", outside))));
}

/* The files outside, with what is in them. */
static const char *
all_outside(void)
{
	char *names = arena_strdup(arena, tree(outside)), *name;
	struct buf b;

	buf_init(&b, arena, TREE_MAX);
	for (name = strtok(names, "\n"); name != NULL; name = strtok(NULL, "\n")) {
		const char *text = read_text(name);

		buf_printf(&b, "%s=%s\n", name, text == NULL ? "" : text);
	}
	return buf_str(&b).p;
}

static void
test_inside(const char *what, const char *before)
{
	is_int(storefs_open(dir, &store, &err), RC_OK, "%s: the store opens", what);
	is_str(facts(), before, "%s: all is there", what);
	is_str(err_name(change_v1()), "ok", "%s: API v1 writes", what);
	is_str(err_name(change_v2()), "ok", "%s: so does API v2", what);
	is_str(err_name(change_own()), "ok", "%s: so does berth itself", what);
	is_str(facts(), before, "%s: nothing else has changed", what);
	remove_all();
	ok(strstr(facts(), " latest") == NULL && strstr(facts(), " v1") == NULL,
	    "%s: what is removed is gone", what);
}

static void
test_not_followed(const char *what, bool needed, const char *before)
{
	const char *there = all_outside();
	enum result r = storefs_open(dir, &store, &err);

	is_int(r, needed ? RC_IO : RC_OK, "%s: the store %s", what,
	    needed ? "does not open" : "opens");
	if (r == RC_OK) {
		ok(strcmp(facts(), before) != 0, "%s: is not followed", what);
		storefs_log_links(store);
		(void)change_v1();
		(void)change_v2();
		(void)change_own();
		remove_all();
	}
	is_str(all_outside(), there, "%s: nothing outside is touched", what);
}

/* A store that has something of each kind, and an empty directory next to it. Returns what
 * is true of the store. */
static const char *
begin(void)
{
	fresh_store();
	remove_tree(in_dir(outside));
	make_dir(outside);
	fill();
	return facts();
}

static void
test_link(const char *how, const struct level *level, const struct way *way)
{
	const char *what = arena_printf(
	    arena, "%s, %s, %s", how, level->path, way->name);
	const char *before = begin();

	store_close(store);
	store = NULL;
	plant(level, way);
	if (way->kind == INSIDE)
		test_inside(what, before);
	else
		test_not_followed(what, level->needed, before);
	arena_clear(arena);
	outside = arena_printf(arena, "../%s-out", strrchr(dir, '/') + 1);
}

static void
test_links(const char *how)
{
	size_t i, j;

	for (i = 0; i < COUNT(levels); i++)
		for (j = 0; j < COUNT(ways); j++)
			test_link(how, &levels[i], &ways[j]);
}

/* ---- without openat2 ---- */

static void
forbid_openat2(int error)
{
	struct sock_filter rules[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog filter = {COUNT(rules), rules};

	set_up(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	set_up(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter));
}

/* ---- the root ---- */

static void
test_root(void)
{
	const char *alias = arena_printf(arena, "%s-link", dir), *before;

	fresh_store();
	fill();
	before = facts();
	store_close(store);
	set_up(symlink(dir, alias));
	set_up(rename(in_dir("images"), in_dir("moved")));
	set_up(symlink(arena_printf(arena, "%s/moved", alias), in_dir("images")));
	set_up(rename(in_dir("repositories/ns"), in_dir("team")));
	set_up(symlink(in_dir("team"), in_dir("repositories/ns")));
	is_int(storefs_open(arena_printf(arena, "%s/", alias), &store, &err), RC_OK,
	    "the root is a link");
	is_str(facts(), before, "links by its name and by its target's are inside");
	(void)unlink(alias);
}

/* ---- walks ---- */

static void
test_walks(void)
{
	struct buf b;

	fresh_store();
	fill();
	write_text("parts/x/y/_manifests/here", "");
	set_up(symlink("../../../../parts", in_dir(REPOS "/more")));
	set_up(symlink(".", in_dir(REPOS "/self")));
	set_up(symlink("..", in_dir(REPOS "/team/up")));
	set_up(symlink(in_dir(REPOS "/team"), in_dir("parts/x/team")));
	set_up(symlink("../more", in_dir(REPOS "/team/more")));
	set_up(symlink(".", in_dir("repositories/self")));
	buf_init(&b, arena, TREE_MAX);
	is_int(store_repository_walk(store, add_name, &b, &err), RC_OK,
	    "a walk over links");
	is_str(buf_str(&b).p, " more/x/team/app more/x/y team/app team/more/x/y",
	    "ends, and goes back to no directory that it is in");
	b.n = 0;
	is_int(store_v1repo_walk(store, add_name, &b, &err), RC_OK,
	    "so does the other");
	is_str(buf_str(&b).p, " ns/app self/ns self/self", "which has two levels");
}

/* ---- mounts ---- */

/* What an operator has instead of a link that leads out. */
static const char *const mounts[] = {"images", "images/" ID, "repositories",
    "repositories/ns", "repositories/ns/app", REPOS, REPOS "/team/app",
    REPOS "/team/app/_manifests/tags", BLOBS, "_berth"};

static bool
mount_over(const char *path)
{
	const char *there = in_dir(arena_printf(arena, "%s/mounted", outside));

	set_up(rename(in_dir(path), there));
	make_dir(path);
	return mount(there, in_dir(path), NULL, MS_BIND, NULL) == 0;
}

static void
test_mount(const char *path)
{
	const char *before = begin();

	if (!mount_over(path))
		bail_out("mount");
	is_str(facts(), before, "%s is a mount: all is there", path);
	is_str(err_name(change_v1()), "ok", "%s: API v1 writes", path);
	is_str(err_name(change_v2()), "ok", "%s: so does API v2", path);
	is_str(err_name(change_own()), "ok", "%s: so does berth itself", path);
	is_str(err_name(push_image()), "ok", "%s: an image comes", path);
	is_str(err_name(push_blob()), "ok", "%s: so does a blob", path);
	ok(strstr(tree("."), "/.berth-") == NULL, "%s: nothing is left", path);
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "%s: nor there", path);
	remove_all();
	ok(strstr(facts(), " latest") == NULL && strstr(facts(), " v1") == NULL,
	    "%s: what is removed is gone", path);
	set_up(umount2(in_dir(path), MNT_DETACH));
}

static void
test_mounts(void)
{
	size_t i;

	if (unshare(CLONE_NEWNS) == -1 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1) {
		ok(true, "# SKIP only root may mount");
		return;
	}
	for (i = 0; i < COUNT(mounts); i++)
		test_mount(mounts[i]);
}

/* ---- no files ---- */

static const char *const files[] = {"images/" ID "/json", "images/" ID "/layer",
    "repositories/ns/app/tag_latest", "repositories/ns/app/_index_images",
    REPOS "/team/app/_manifests/tags/v1/current/link"};

static void
test_no_file(const char *path, mode_t kind)
{
	const char *before;

	fresh_store();
	fill();
	before = facts();
	(void)unlink(in_dir(path));
	if (kind == S_IFDIR)
		make_dir(path);
	else if (mknod(in_dir(path), kind | 0600, kind == S_IFCHR ? 0x105 : 0) ==
		 -1)
		return; /* only root makes a device */
	ok(strcmp(facts(), before) != 0 || strstr(path, "_index") != NULL,
	    "%s: a file of kind %o is none", path, (unsigned)kind);
	(void)change_v1();
	(void)change_v2();
	ok(true, "%s: and nobody waits for it", path);
}

static void
test_no_files(void)
{
	static const mode_t kinds[] = {S_IFIFO, S_IFSOCK, S_IFDIR, S_IFCHR};
	size_t i, j;

	for (i = 0; i < COUNT(files); i++)
		for (j = 0; j < COUNT(kinds); j++)
			test_no_file(files[i], kinds[j]);
	for (j = 0; j < COUNT(kinds); j++)
		test_no_file(blob_data(&manifest), kinds[j]);
}

/* ---- modes ---- */

static unsigned worst; /* bits of any file or directory */

static int
add_mode(const char *path, const struct stat *sb, int type, struct FTW *at)
{
	(void)type;
	if (at->level > 0 && strstr(path, "/_berth/lock") == NULL)
		worst |= sb->st_mode & 0777 & ~(S_ISDIR(sb->st_mode) ? 0110u : 0u);
	return 0;
}

static void
test_modes(void)
{
	static const struct {
		mode_t mask;
		unsigned most;
	} rows[] = {{0, 0740}, {022, 0740}, {027, 0740}, {077, 0700}, {0177, 0600}};
	struct stage *sg;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		mode_t old = umask(rows[i].mask & 0077);

		fresh_store();
		(void)change_v1();
		set_up(chmod(make_body(str_of("text")), 0600));
		is_int(stage_adopt(
			   store, arena, make_body(str_of("a blob")), &sg, &err),
		    RC_OK, "a blob");
		manifest = sha256("a blob");
		is_int(store_blob_put(store, arena, sg, &manifest, &err), RC_OK,
		    "is put");
		(void)change_v2();
		(void)umask(old);
		remove_tree(in_dir("_berth/body"));
		worst = 0;
		(void)nftw(dir, add_mode, 16, FTW_PHYS);
		is_int(worst & ~rows[i].most, 0, "umask %03o: no more than %03o",
		    (unsigned)rows[i].mask, rows[i].most);
	}
}

int
main(void)
{
	setup_store(IN_MEMORY);
	outside = arena_printf(arena, "../%s-out", strrchr(dir, '/') + 1);
	test_links("openat2");
	test_root();
	test_walks();
	test_no_files();
	test_modes();
	test_mounts();
	forbid_openat2(ENOSYS);
	test_links("no openat2");
	forbid_openat2(EPERM);
	test_root();
	test_walks();
	test_no_files();
	remove_tree(in_dir(outside));
	return teardown_store();
}
