/* blobs.c: blobs in distribution's layout, byte for byte: what is put, found
 * through its link, kept or replaced, and pinned for clients that got the answer "it is here". */
#include "base/clock.h"
#include "lib/repository.h"
#include "lib/store.h"
#include "store/blob.h"
#include "storefs/storefs.h"

#define NOBODY  65534
#define APP     "team/app"
#define CONTENT "the bytes of a blob"

static struct digest blob; /* of CONTENT */
static struct digest
    pinned; /* of pinned_text, which is too long to be hashed when found */
static char pinned_text[STORE_BLOB_SMALL_MAX + 2];

static struct digest
digest(enum hash_kind kind, const char *text)
{
	struct digest d;

	digest_of(kind, str_of(text), &d);
	return d;
}

static const char *
data_of(const struct digest *d)
{
	return arena_printf(arena, "docker/registry/v2/blobs/%s/%.2s/%s/data",
	    digest_algorithm(d), d->hex, d->hex);
}

static const char *
link_of(const char *name, const struct digest *d)
{
	return arena_printf(arena,
	    "docker/registry/v2/repositories/%s/_layers/%s/%s/link", name,
	    digest_algorithm(d), d->hex);
}

static enum result
put(const char *text, const struct digest *d)
{
	struct stage *sg;
	enum result r = stage_adopt(
	    store, arena, make_body(str_of(text)), &sg, &err);

	return r == RC_OK ? store_blob_put(store, arena, sg, d, &err) : r;
}

static enum result
put_bytes(const char *text, const struct digest *d)
{
	return store_blob_put_bytes(store, arena, str_of(text), d, &err);
}

static enum result
link_to(const char *name, const struct digest *d)
{
	return store_blob_link(repository(name), d, &err);
}

/* The digest under which it is kept, or what the answer is. */
static const char *
found(const char *name, const struct digest *d)
{
	struct store_blob got;
	enum result r = store_blob_find(repository(name), d, &got, &err);

	return r == RC_OK ? digest_text(arena, &got.digest) : err_name(r);
}

static void
is_whole(const struct digest *d, const char *text, const char *what)
{
	struct stat sb = stat_of(data_of(d));

	is_str(read_text(data_of(d)), text, "%s: the bytes are there", what);
	is_int(sb.st_mode, S_IFREG | 0640,
	    "%s: for an old server of this user to read", what);
	is_str(tree("_berth/tmp"), "_berth/tmp/\n",
	    "%s: nothing is left on the way", what);
}

/* ---- put, linked, found ---- */

static void
test_layout(void)
{
	static const struct {
		enum hash_kind kind;
		const char *text;
	} rows[] = {
	    {HASH_SHA256, CONTENT}, {HASH_SHA512, CONTENT}, {HASH_SHA256, ""}};
	struct store_blob got;
	size_t i;

	ok(!is_there("docker"), "a store without v2 gets no directory of it");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct digest d = digest(rows[i].kind, rows[i].text);
		const char *what = digest_text(arena, &d);

		is_int(put(rows[i].text, &d), RC_OK, "%s is put", what);
		is_whole(&d, rows[i].text, what);
		is_str(found(APP, &d), "blob_unknown", "it is nobody's (B1)");
		is_int(link_to(APP, &d), RC_OK, "it is linked (B2)");
		is_str(read_text(link_of(APP, &d)), what,
		    "by its digest and nothing else");
		is_int(store_blob_find(repository(APP), &d, &got, &err), RC_OK,
		    "it is found");
		ok(digest_eq(&got.digest, &d), "under this digest");
		is_str(store_content_uri(got.content), data_of(&d), "in this file");
		is_int(store_content_size(got.content), strlen(rows[i].text),
		    "of this size");
	}
	is_int(stat_of("docker/registry/v2/blobs/sha256").st_mode & 07777, 0750,
	    "directories are for an old server to read, too");
}

static void
test_bytes(void)
{
	struct digest d = digest(HASH_SHA256, "{}"), none;
	struct str got;

	none = digest(HASH_SHA256, "never put");
	is_int(put_bytes("{}", &d), RC_OK, "bytes in memory are put");
	is_whole(&d, "{}", "bytes");
	is_int(store_blob_read(store, arena, &d, 2, &got, &err), RC_OK, "and read");
	ok(str_is(got, "{}"), "as they were");
	is_int(store_blob_read(store, arena, &d, 1, &got, &err), RC_TOO_LARGE,
	    "not those above the limit");
	is_int(store_blob_read(store, arena, &none, 2, &got, &err), RC_BLOB_UNKNOWN,
	    "nor those that were never put");
}

static void
test_owners(void)
{
	struct store_blob got;

	is_str(found("team/other", &blob), "blob_unknown", "another's is unknown");
	is_int(store_blob_find_anywhere(store, arena, &blob, &got, &err), RC_OK,
	    "but it is there");
	is_str(store_content_uri(got.content), data_of(&blob), "in the same file");
	is_int(link_to("team/other", &blob), RC_OK, "the other gets it");
	is_int(held_blob_unlink(APP, &blob), RC_OK, "the first has it no more");
	is_str(found(APP, &blob), "blob_unknown", "not any more");
	ok(!is_there(link_of(APP, &blob)), "its link is gone");
	is_int(held_blob_unlink(APP, &blob), RC_BLOB_UNKNOWN,
	    "a second time there is none");
	is_str(found("team/other", &blob), digest_text(arena, &blob),
	    "the other still has it");
	is_int(link_to(APP, &blob), RC_OK, "it is linked again");
	is_str(found(APP, &blob), digest_text(arena, &blob), "and found");
}

/* distribution keeps by sha256 what a client names by sha512. */
static void
test_links(void)
{
	struct digest long_name = digest(HASH_SHA512, "elsewhere"), lost;
	struct store_blob got;
	size_t i;
	const struct {
		const char *link, *found, *what;
	} rows[] = {
	    {digest_text(arena, &blob), digest_text(arena, &blob),
		"what the link says counts"},
	    {digest_text(arena, &long_name), "blob_unknown",
		"a link that leads nowhere"},
	    {"", "blob_unknown", "one that an old server did not come to write"},
	    {"sha256:../../../../../../_berth/lock", "blob_unknown",
		"one that somebody made up"},
	};

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		write_text(link_of(APP, &long_name), rows[i].link);
		is_str(found(APP, &long_name), rows[i].found, "%s", rows[i].what);
	}
	lost = digest(HASH_SHA256, "lost");
	make_dir(data_of(&lost));
	is_int(store_blob_find_anywhere(store, arena, &lost, &got, &err),
	    RC_BLOB_UNKNOWN, "a directory is not a blob");
	set_up(rmdir(in_dir(data_of(&lost))));
	set_up(symlink("/etc/passwd", in_dir(data_of(&lost))));
	is_int(store_blob_find_anywhere(store, arena, &lost, &got, &err),
	    RC_BLOB_UNKNOWN, "nor is a symbolic link");
}

/* ---- what is there already ---- */

static void
test_kept(void)
{
	ino_t inode = stat_of(data_of(&blob)).st_ino;
	struct stage *sg;

	is_int(put(CONTENT, &blob), RC_OK, "the same again");
	is_int(put_bytes(CONTENT, &blob), RC_OK, "and from memory");
	is_int(stat_of(data_of(&blob)).st_ino, inode, "the one that was stays");

	write_text(data_of(&blob), "the by");
	is_int(put(CONTENT, &blob), RC_OK, "one that an old server cut off");
	is_whole(&blob, CONTENT, "made whole");
	write_text(data_of(&blob), CONTENT CONTENT);
	is_int(put_bytes(CONTENT, &blob), RC_OK, "one that is too long");
	is_whole(&blob, CONTENT, "from memory");

	(void)unlink(in_dir(data_of(&blob)));
	(void)stage_adopt(store, arena, make_body(str_of(CONTENT)), &sg, &err);
	remove_tree(in_dir("_berth/body"));
	make_dir("_berth/body");
	is_int(store_blob_put(store, arena, sg, &blob, &err), RC_CLIENT_GONE,
	    "a body whose client left");
	ok(!is_there(data_of(&blob)), "is not a blob");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nor anything else");
	is_int(put(CONTENT, &blob), RC_OK, "until it comes again");
}

static int
put_in_process(void *arg)
{
	(void)arg;
	return (int)put(CONTENT, &blob);
}

/* Each finds a blob that is cut off and must not take away what another put there. */
static void
test_together(void)
{
	pid_t pid[4];
	unsigned i, round, failed = 0, lost = 0;

	for (round = 0; round < 50; round++) {
		write_text(data_of(&blob), "the by");
		for (i = 0; i < 4; i++)
			pid[i] = start_process(put_in_process, NULL);
		for (i = 0; i < 4; i++) {
			failed += wait_for(pid[i]) != 0;
			lost += !tap_same(read_text(data_of(&blob)), CONTENT);
		}
	}
	is_int(failed, 0, "four at once all put it");
	is_int(lost, 0, "and from the first answer on it is there");
	is_whole(&blob, CONTENT, "four at once");
}

/* ---- pins ---- */

static enum result
by_find(void)
{
	struct store_blob got;

	return store_blob_find(repository(APP), &pinned, &got, &err);
}

static enum result
by_anywhere(void)
{
	struct store_blob got;

	return store_blob_find_anywhere(store, arena, &pinned, &got, &err);
}

static enum result
by_put(void)
{
	return put(pinned_text, &pinned);
}

static enum result
by_put_bytes(void)
{
	return put_bytes(pinned_text, &pinned);
}

/* 2.8 writes manifests in place: power loss may leave their length and nothing else. */
static void
test_damaged_bytes(void)
{
	const char *zeros = "-------------------";

	write_text(data_of(&blob), zeros);
	is_int(strlen(zeros), strlen(CONTENT), "as long, but not the bytes");
	is_int(put_bytes(CONTENT, &blob), RC_OK, "put again from memory");
	is_str(read_text(data_of(&blob)), CONTENT, "they are mended");
}

static bool
is_now(time_t t)
{
	return t > clock_now() - 60 && t <= clock_now();
}

static void
test_pins(void)
{
	static const struct {
		const char *what;
		enum result (*call)(void);
	} calls[] = {{"found", by_find}, {"found anywhere", by_anywhere},
	    {"put again", by_put}, {"put again from memory", by_put_bytes}};
	static const struct {
		time_t age;
		bool pinned;
	} ages[] = {{10, false}, {STORE_BLOB_PIN_FRESH_S - 60, false},
	    {STORE_BLOB_PIN_FRESH_S + 60, true}, {365 * 24 * 3600, true}};
	struct stat before, after;
	size_t i, k;

	memset(pinned_text, 'p', STORE_BLOB_SMALL_MAX + 1);
	pinned = digest(HASH_SHA256, pinned_text);
	is_int(by_put(), RC_OK, "one to pin");
	is_int(link_to(APP, &pinned), RC_OK, "of a repository");
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		for (k = 0; k < sizeof(ages) / sizeof(ages[0]); k++) {
			make_older(data_of(&pinned), ages[k].age);
			before = stat_of(data_of(&pinned));
			is_int(calls[i].call(), RC_OK, "%s after %ld s",
			    calls[i].what, (long)ages[k].age);
			after = stat_of(data_of(&pinned));
			if (ages[k].pinned)
				ok(is_now(after.st_atime), "it is pinned");
			else
				ok(after.st_atime == before.st_atime ||
					(calls[i].call != by_find &&
					    calls[i].call != by_anywhere &&
					    is_now(after.st_atime)),
				    "it was pinned lately; or read, and compared");
			ok(after.st_mtim.tv_sec == before.st_mtim.tv_sec &&
				after.st_mtim.tv_nsec == before.st_mtim.tv_nsec,
			    "it was written when it was");
		}
}

/* A client may take hours to send what becomes a blob. */
static void
test_new_is_pinned(void)
{
	struct digest d = digest(HASH_SHA256, "slow");
	struct stage *sg;
	const char *body = make_body(str_of("slow"));

	make_older(body + strlen(dir) + 1, 2 * STORE_BLOB_PIN_FRESH_S);
	(void)stage_adopt(store, arena, body, &sg, &err);
	is_int(store_blob_put(store, arena, sg, &d, &err), RC_OK, "a slow one");
	ok(is_now(stat_of(data_of(&d)).st_atime), "is pinned when it is named");
}

/* Root may do anything, so it becomes somebody else. */
static int
find_as_nobody(void *arg)
{
	(void)arg;
	if (setgid(NOBODY) == -1 || setuid(NOBODY) == -1)
		return 100;
	return (int)by_find();
}

static void
let_others_read(const char *name)
{
	struct stat sb = stat_of(name);
	struct dirent **e;
	int i, n;

	set_up(chmod(in_dir(name),
	    (sb.st_mode & 07777) | (S_ISDIR(sb.st_mode) ? 0005 : 0004)));
	n = S_ISDIR(sb.st_mode) ? scandir(in_dir(name), &e, visible, alphasort) : 0;
	for (i = 0; i < n; i++) {
		let_others_read(arena_printf(arena, "%s/%s", name, e[i]->d_name));
		free(e[i]);
	}
	if (n > 0)
		free(e);
}

static void
test_foreign(void)
{
	struct stat sb;

	if (getuid() != 0) {
		ok(true, "# SKIP only root can make another user's file");
		return;
	}
	let_others_read(".");
	make_older(data_of(&pinned), 2 * STORE_BLOB_PIN_FRESH_S);
	is_str(err_name((enum result)run_in_process(find_as_nobody, NULL)), "ok",
	    "one that berth may only read is found");
	sb = stat_of(data_of(&pinned));
	is_int(sb.st_atime, sb.st_mtime, "though it cannot be pinned");
}

/* ---- removal ---- */

/* As a removal that was killed between B3 and B4 leaves it. */
static void
cut_off_removal(const struct digest *d, const char *number)
{
	const char *name = arena_printf(
	    arena, "_berth/removed/%s%s", digest_text(arena, d), number);

	make_dir("_berth/removed");
	set_up(rename(in_dir(data_of(d)), in_dir(name)));
}

static void
test_cut_off_removal(void)
{
	unsigned n;
	struct stat sb;

	fresh_store();
	(void)put(CONTENT, &blob);
	remove_bodies();
	cut_off_removal(&blob, ".7.0");
	is_int(storefs_sweep_tmp(store, &n, &err), RC_OK,
	    "a removal was cut off: the next start");
	is_str(read_text(data_of(&blob)), CONTENT, "gives the blob back");
	is_str(tree("_berth/removed"), "_berth/removed/\n", "all of it");
	sb = stat_of(data_of(&blob));
	is_int(sb.st_nlink, 1, "by one name");
	is_int(clock_now() - sb.st_atime < 60, 1, "pinned");

	cut_off_removal(&blob, ".7.0");
	(void)put(CONTENT, &blob);
	is_int(
	    storefs_sweep_tmp(store, &n, &err), RC_OK, "one was pushed meanwhile");
	is_str(read_text(data_of(&blob)), CONTENT, "that one stays");
	is_str(tree("_berth/removed"), "_berth/removed/\n", "and is the only one");
}

static void
test_removal(void)
{
	struct digest d = blob;

	make_older(data_of(&d), 4 * STORE_BLOB_PIN_FRESH_S);
	is_int(
	    store_blob_remove(store, arena, &d, 2 * STORE_BLOB_PIN_FRESH_S, &err),
	    RC_OK, "an old one is removed");
	is_str(tree("_berth/removed"), "_berth/removed/\n", "nothing is left");
	ok(!is_there(data_of(&d)), "it is gone");
}

/* Another removal of the blob is between B3 and B4: what is pushed now is not moved over its
 * file, which it unlinks next. */
static void
test_two_removals(void)
{
	char *first;

	(void)put(CONTENT, &blob);
	cut_off_removal(&blob, "");
	first = str_dup(arena, str_of(tree("_berth/removed")));
	(void)put(CONTENT, &blob);
	make_older(data_of(&blob), 4 * STORE_BLOB_PIN_FRESH_S);
	is_int(store_blob_remove(
		   store, arena, &blob, 2 * STORE_BLOB_PIN_FRESH_S, &err),
	    RC_OK, "a second removal of a blob");
	is_str(tree("_berth/removed"), first, "leaves the file of the first alone");
}

int
main(void)
{
	setup_store(ON_DISK);
	blob = digest(HASH_SHA256, CONTENT);
	test_layout();
	test_bytes();
	test_owners();
	test_links();
	test_kept();
	test_together();
	test_damaged_bytes();
	test_pins();
	test_new_is_pinned();
	test_foreign();
	test_cut_off_removal();
	test_removal();
	test_two_removals();
	return teardown_store();
}
