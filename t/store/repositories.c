/* repositories.c: repositories of distribution's layout: what each holds, and the walk
 * over all of them. */
#include "base/buf.h"
#include "image/reference.h"
#include "lib/repository.h"
#include "lib/v2_store.h"
#include "store/repository.h"

#define HEX    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DIGEST "sha256:" HEX

/* ---- what one holds ---- */

static void
test_there(void)
{
	static const struct {
		const char *name, *file, *text; /* without text: a directory */
		bool has, there;
	} rows[] = {
	    {"nothing", "", NULL, false, false},
	    {"deleted", "_manifests/revisions/sha256/" HEX, NULL, false, false},
	    {"no-blob", "_layers/sha256/" HEX, NULL, false, false},
	    {"upload", "_uploads/1/data", "", false, false},
	    {"blob", "_layers/sha256/" HEX "/link", DIGEST, false, true},
	    {"long", "_layers/sha512/" HEX HEX "/link", DIGEST, false, true},
	    {"tarsum", "_layers/tarsum/v1/sha256/" HEX "/link", "tarsum.v1+" DIGEST,
		false, false},
	    {"manifest", "_manifests/revisions/sha256/" HEX "/link", DIGEST, true,
		true},
	    {"sha512", "_manifests/revisions/sha512/" HEX HEX "/link",
		"sha512:" HEX HEX, true, true},
	    {"killed", "_manifests/revisions/sha256/" HEX "/link", "", false,
		false},
	    {"junk", "_manifests/revisions/sha256/junk/link", DIGEST, false, false},
	    {"flat", "_manifests/revisions/sha256", DIGEST, false, false},
	    {"tag", "_manifests/tags/x/current/link", DIGEST, false, false},
	    {"above/other", "_manifests/revisions/sha256/" HEX "/link", DIGEST,
		true, true},
	    {"above", "", NULL, false, false},
	};
	bool has, there;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		const char *name = rows[i].name;

		if (rows[i].text == NULL)
			make_dir(in_repo(name, rows[i].file));
		else
			write_text(in_repo(name, rows[i].file), rows[i].text);
		is_int(store_repository_has_manifest(repository(name), &has, &err),
		    RC_OK, "\"%s\" is looked at", name);
		is_int(has, rows[i].has, "has it a manifest?");
		is_int(store_repository_exists(repository(name), &there, &err),
		    RC_OK, "\"%s\" is looked at again", name);
		is_int(there, rows[i].there, "has it anything?");
	}
	is_int(store_repository_exists(repository("none"), &there, &err), RC_OK,
	    "\"none\"");
	is_int(there, false, "has nothing");
}

/* ---- all of them ---- */

struct seen {
	struct buf names;
	unsigned n, stop;
};

static bool
see(void *arg, const char *name)
{
	struct seen *seen = arg;

	buf_printf(&seen->names, "%s ", name);
	return ++seen->n != seen->stop;
}

static struct seen
walk(unsigned stop)
{
	struct seen seen = {.stop = stop};

	buf_init(&seen.names, arena, TREE_MAX);
	buf_adds(&seen.names, "");
	is_int(store_repository_walk(store, see, &seen, &err), RC_OK, "a walk");
	return seen;
}

static void
make_repos(void)
{
	static const char *const there[] = {
	    "a", "a/b", "a/b/c", "a-b", "a.b", "a0", "b/c/d", "z__z", "9"};
	static const char *const passed_over[] = {"Capital", "Capital/a", "a/B",
	    "_x", "a/_x", "a/_layers/x", "a/_manifests/tags", "-x", "x-", "a b",
	    "a___b", "\xc3\xa4"};
	size_t i;

	for (i = 0; i < COUNT(there); i++)
		make_dir(in_repo(there[i], "_manifests"));
	for (i = 0; i < COUNT(passed_over); i++)
		make_dir(in_repo(passed_over[i], "_manifests"));
	make_dir(in_repo("layers-alone", "_layers"));
	write_text(REPOS "/file", "");
	write_text(REPOS "/a/file", "");
	write_text(in_repo("no-dir", "_manifests"), "");
	set_up(symlink("a", in_dir(REPOS "/alias")));
	set_up(symlink("..", in_dir(REPOS "/a/up")));
	set_up(symlink("none", in_dir(REPOS "/lost")));
}

#define ALL "9 a a/b a/b/c a-b a.b a0 alias alias/b alias/b/c b/c/d z__z "

static void
test_walk(void)
{
	struct seen seen;

	fresh_store();
	is_int(walk(0).n, 0, "over a store without v2");
	make_dir(REPOS);
	is_int(walk(0).n, 0, "over an empty one");
	make_repos();
	seen = walk(0);
	is_str(buf_str(&seen.names).p, ALL, "names alone, each after those above");
	seen = walk(3);
	is_str(buf_str(&seen.names).p, "9 a a/b ", "no more than are wanted");
	ok(!is_there("_berth/type/a"), "and makes nothing");
}

/* Two parts of 100 bytes make a name, a third makes it too long. */
static void
test_long_names(void)
{
	const char *name = arena_printf(arena, "%0100d/%0100d", 1, 2);
	struct buf deep;
	struct seen seen;
	unsigned i;

	fresh_store();
	make_dir(in_repo(name, "_manifests"));
	make_dir(in_repo(arena_printf(arena, "%s/%0100d", name, 3), "_manifests"));
	make_dir(REPOS "/b/_manifests");
	seen = walk(0);
	is_str(buf_str(&seen.names).p, arena_printf(arena, "%s b ", name),
	    "a name that is too long is none");

	fresh_store();
	buf_init(&deep, arena, 1024);
	for (i = 0; i < REFERENCE_REPOSITORY_MAX / 2 + 2; i++) {
		buf_adds(&deep, i == 0 ? "a" : "/a");
		make_dir(in_repo(buf_str(&deep).p, "_manifests"));
	}
	is_int(walk(0).n, REFERENCE_REPOSITORY_MAX / 2 + 1,
	    "nor is one that is too deep");
}

static void
test_many(void)
{
	unsigned i;

	fresh_store();
	for (i = 0; i < 2100; i++) {
		make_dir(arena_printf(arena, REPOS "/%u/_manifests", i));
		if (i % 7 == 0)
			make_dir(
			    arena_printf(arena, REPOS "/%u/sub/_manifests", i));
	}
	is_int(walk(0).n, 2100 + 300, "over more than a page");
	is_int(walk(2399).n, 2399, "not to the last");
}

static bool
go_on(void *arg, const char *name)
{
	(void)arg, (void)name;
	return true;
}

static int
walk_as_nobody(void *arg)
{
	(void)arg;
	if (geteuid() == 0 && setuid(65534) == -1)
		return -1;
	return (int)store_repository_walk(store, go_on, NULL, &err);
}

static void
test_unreadable(void)
{
	set_up(chmod(dir, 0755));
	is_int(run_in_process(walk_as_nobody, NULL), RC_OK, "another user walks");
	set_up(chmod(in_dir(REPOS "/7"), 0));
	is_int(run_in_process(walk_as_nobody, NULL), RC_IO,
	    "what cannot be looked at is not taken for gone");
	set_up(chmod(in_dir(REPOS "/7"), 0755));
}

int
main(void)
{
	setup_store(IN_MEMORY);
	test_there();
	test_walk();
	test_long_names();
	test_many();
	test_unreadable();
	return teardown_store();
}
