/* versions.c: the texts that tell whether another server wrote to a repository
 * while berth did not look: each change that matters to the index, as distribution and
 * docker-registry make it, and those that do not. */
#include "lib/repository.h"
#include "lib/v2_store.h"
#include "store/repository.h"
#include "store/v1repo.h"

/* ---- distribution's layout ---- */

static struct digest first, second; /* manifests of "app" */

static const char *
version(const char *name)
{
	struct str s = {NULL, 0};

	is_int(store_repository_version(repository(name), &s, &err), RC_OK,
	    "\"%s\" has a version", name);
	return str_dup(arena, s);
}

/* The clock of the file system ticks: what is written next has another time. */
static void
wait_a_tick(void)
{
	const struct timespec t = {0, 20000000};

	(void)nanosleep(&t, NULL);
}

static void
retag(void)
{
	write_text(current_link("app", "v1"), digest_text(arena, &second));
}

static void
retag_by_rename(void)
{
	const char *tmp = tag_file("app", "v1", "current/link.1.tmp");

	write_text(tmp, digest_text(arena, &first));
	set_up(rename(in_dir(tmp), in_dir(current_link("app", "v1"))));
}

static void
retag_and_hide_it(void)
{
	const char *link = current_link("app", "v1");
	struct stat sb = stat_of(link);
	struct timespec times[2] = {sb.st_atim, sb.st_mtim};

	write_text(link, digest_text(arena, &second));
	set_up(utimensat(AT_FDCWD, in_dir(link), times, 0));
}

static void
add_tag(void)
{
	write_tag("app", "v3", &first);
}

static void
remove_tag(void)
{
	remove_tree(in_dir(tag_file("app", "v2", "")));
}

static void
add_manifest(void)
{
	(void)write_manifest("app", "third");
}

static void
remove_manifest(void)
{
	set_up(unlink(in_dir(revision_link("app", &first))));
}

static void
put_manifest_back(void)
{
	(void)write_manifest("app", "first");
}

static void
add_sha512(void)
{
	struct digest d = text_digest(HASH_SHA512, "first");

	write_text(revision_link("app", &d), digest_text(arena, &d));
}

static void
cut_link(void)
{
	set_up(truncate(in_dir(current_link("app", "v1")), 0));
}

static void
do_nothing(void)
{
}

static void
add_layer(void)
{
	write_text(in_repo("app", "_layers/sha256/0/link"), "");
	write_text(in_repo("app", "_uploads/1/data"), "");
}

static void
add_neighbour(void)
{
	struct digest d = write_manifest("app/sub", "first");

	write_tag("app/sub", "v1", &d);
}

static void
add_history(void)
{
	write_text(tag_index_link("app", "v9", &first), digest_text(arena, &first));
}

static void
test_versions(void)
{
	static const struct {
		const char *what;
		void (*change)(void);
		bool changes;
	} rows[] = {
	    {"nothing", do_nothing, false},
	    {"a tag moved in place (2.8)", retag, true},
	    {"a tag moved by rename (3.x)", retag_by_rename, true},
	    {"a tag moved, and its time set back", retag_and_hide_it, true},
	    {"a tag more", add_tag, true},
	    {"a tag less", remove_tag, true},
	    {"a manifest more", add_manifest, true},
	    {"a manifest less, its directory there", remove_manifest, true},
	    {"the manifest pushed again", put_manifest_back, true},
	    {"a manifest of sha512", add_sha512, true},
	    {"a link cut off", cut_link, true},
	    {"a blob and an upload", add_layer, false},
	    {"a repository below", add_neighbour, false},
	    {"a push that was cut off before the tag", add_history, false},
	};
	const char *before, *after;
	size_t i;

	ok(*version("none") != '\0', "never empty");
	first = write_manifest("app", "first");
	second = write_manifest("app", "second");
	write_tag("app", "v1", &first);
	write_tag("app", "v2", &first);
	before = version("app");
	for (i = 0; i < COUNT(rows); i++) {
		wait_a_tick();
		rows[i].change();
		after = version("app");
		is_int(strcmp(after, before) != 0, rows[i].changes, "%s",
		    rows[i].what);
		before = after;
	}
}

/* Two repositories of one content have different versions: so has one in whose place
 * another was moved. */
static void
test_version_of_place(void)
{
	const char *before = version("app"), *other;

	set_up(rename(in_dir(REPOS "/app"), in_dir(REPOS "/moved")));
	other = version("moved");
	ok(strcmp(other, before) != 0, "the name counts");
	set_up(rename(in_dir(REPOS "/moved"), in_dir(REPOS "/app")));
	is_str(version("app"), before, "and nothing else, moved back");
}

/* ---- the layout of registry v1 ---- */

static const struct v1name v1 = {"ns", "app"};

static const char *
v1_version(void)
{
	struct store_v1repo repo;

	if (store_v1repo_find(store, arena, &v1, &repo, &err) != RC_OK)
		bail_out(err.text);
	return str_dup(arena, store_v1repo_version(&repo));
}

static void
v1_write(const char *file)
{
	wait_a_tick();
	write_text(arena_printf(arena, "repositories/ns/app/%s", file), "");
}

static void
test_v1_versions(void)
{
	const char *before, *none = v1_version();

	v1_write("tag_x");
	before = v1_version();
	ok(strcmp(before, none) != 0, "something is there");
	is_str(v1_version(), before, "the same");
	v1_write("tag_latest");
	ok(strcmp(v1_version(), before) != 0, "a tag more");
	before = v1_version();
	v1_write("tag_latest");
	ok(strcmp(v1_version(), before) != 0, "\"latest\" written over in place");
	before = v1_version();
	v1_write("tag_x");
	is_str(v1_version(), before, "another tag, which describes nothing");
	wait_a_tick();
	set_up(unlink(in_dir("repositories/ns/app/tag_x")));
	ok(strcmp(v1_version(), before) != 0, "a tag less");
}

int
main(void)
{
	setup_store(IN_MEMORY);
	test_versions();
	test_version_of_place();
	test_v1_versions();
	return teardown_store();
}
