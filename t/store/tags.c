/* tags.c: tags in distribution's layout: those that its servers and other hands
 * left, those that are put, moved and removed; lists of any length. */
#include "base/buf.h"
#include "lib/repository.h"
#include "lib/v2_store.h"
#include "store/tag.h"

#define NOBODY 65534

static struct digest one, two; /* manifests */

/* What it means: a digest, or what the answer is. */
static const char *
meant(const char *name, const char *tag)
{
	struct digest d;
	enum result r = store_tag_get(repository(name), tag, &d, &err);

	return r == RC_OK ? digest_text(arena, &d) : err_name(r);
}

static const char *
last_of(const char *name)
{
	const char *tag;
	struct digest d;
	enum result r = store_tag_last(repository(name), &tag, &d, &err);

	if (r != RC_OK)
		return err_name(r);
	return arena_printf(arena, "%s %s", tag, digest_text(arena, &d));
}

/* ---- all of a repository ---- */

struct seen {
	struct buf tags;
	char last[64];
	unsigned n, stop;
	bool in_order;
};

static bool
see(void *arg, const char *tag, const struct digest *d)
{
	struct seen *seen = arg;

	buf_printf(&seen->tags, "%s=%d ", tag, digest_eq(d, &one) ? 1 : 2);
	seen->in_order = seen->in_order && strcmp(seen->last, tag) < 0;
	(void)snprintf(seen->last, sizeof(seen->last), "%s", tag);
	return ++seen->n != seen->stop;
}

static struct seen
see_all(const char *name, const char *after, unsigned stop)
{
	struct seen seen = {.stop = stop, .in_order = true};

	buf_init(&seen.tags, arena, TREE_MAX);
	buf_adds(&seen.tags, "");
	is_int(store_tag_each(repository(name), after, see, &seen, &err), RC_OK,
	    "a walk over \"%s\" after \"%s\"", name, after);
	return seen;
}

/* "v1=1 v2=2 ": what the tags mean. */
static const char *
tags_of(const char *name)
{
	struct seen seen = see_all(name, "", 0);

	return buf_str(&seen.tags).p;
}

/* ---- put ---- */

static enum result
put(const char *name, const char *tag, const struct digest *to)
{
	return held_tag_put(name, tag, to);
}

static void
test_put(void)
{
	const char *link = current_link(APP, "v1");
	ino_t inode;

	is_str(meant(APP, "v1"), "manifest_unknown", "there is no tag yet");
	is_int(put(APP, "v1", &one), RC_OK, "a tag is put");
	is_str(tree("docker"),
	    arena_printf(arena, "%s\n%s\n", link, tag_index_link(APP, "v1", &one)),
	    "in two files");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nothing is left on the way");
	is_str(read_text(tag_index_link(APP, "v1", &one)), digest_text(arena, &one),
	    "what it ever meant (T1)");
	is_str(read_text(link), digest_text(arena, &one), "what it means (T2)");
	is_int(stat_of(link).st_mode, S_IFREG | 0640, "for an old server to read");
	is_int(stat_of(tag_file(APP, "v1", "current")).st_mode, S_IFDIR | 0750,
	    "as is the directory");
	is_str(meant(APP, "v1"), digest_text(arena, &one), "it can be read");

	inode = stat_of(link).st_ino;
	is_int(put(APP, "v1", &one), RC_OK, "the same again");
	is_int(stat_of(link).st_ino, inode, "writes nothing");
	is_int(put(APP, "v1", &two), RC_OK, "it is moved");
	is_str(meant(APP, "v1"), digest_text(arena, &two), "to another");
	ok(stat_of(link).st_ino != inode, "by another file, never in place");
	is_str(tree("docker"),
	    arena_printf(arena, "%s\n%s\n%s\n", link,
		tag_index_link(APP, "v1", &one), tag_index_link(APP, "v1", &two)),
	    "what it meant is kept");
}

static void
test_remove(void)
{
	is_int(put(APP, "v2", &one), RC_OK, "another tag");
	is_int(put(APP "/v1", "v1", &one), RC_OK, "one of a neighbour");
	is_int(held_tag_remove(APP, "v1"), RC_OK, "one removed");
	ok(!is_there(tag_file(APP, "v1", "")), "its directory is gone");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "and nowhere else");
	is_str(meant(APP, "v1"), "manifest_unknown", "nothing is meant by it");
	is_str(tags_of(APP), "v2=1 ", "the other is there");
	is_str(tags_of(APP "/v1"), "v1=1 ", "and the neighbour's");
	is_int(held_tag_remove(APP, "v1"), RC_MANIFEST_UNKNOWN,
	    "there is no second time");
	is_int(held_tag_remove("none", "v1"), RC_MANIFEST_UNKNOWN,
	    "nor one of nobody's");
	is_int(put(APP, "v1", &two), RC_OK, "it comes back");
	is_str(meant(APP, "v1"), digest_text(arena, &two), "as it is put");
	ok(!is_there(tag_index_link(APP, "v1", &one)),
	    "what it meant before is forgotten");
}

/* ---- as others left them ---- */

static void
make_odd(void)
{
	write_tag("odd", "good", &one);
	write_tag("odd", "GOOD", &one);
	write_tag("odd", "_9.x-y", &one);
	write_tag("odd", "moved", &one);
	write_tag("odd", "moved", &two);

	write_text(tag_index_link("odd", "killed", &one), digest_text(arena, &one));
	write_text(current_link("odd", "empty"), "");
	write_text(current_link("odd", "newline"),
	    arena_printf(arena, "%s\n", digest_text(arena, &one)));
	make_dir(tag_file("odd", "bare", ""));
	make_dir(current_link("odd", "directory"));
	write_text(tag_file("odd", "flat", "current"), digest_text(arena, &one));
	write_text(in_repo("odd", "_manifests/tags/file"), "");
	write_text(current_link("odd", ".hidden"), digest_text(arena, &one));
	write_text(current_link("odd", "-dash"), digest_text(arena, &one));
	write_text(current_link("odd", "a blank"), digest_text(arena, &one));
	write_text(current_link("odd", "zz~"), digest_text(arena, &one));
	write_text(current_link("odd", arena_printf(arena, "%0129d", 0)),
	    digest_text(arena, &one));
	set_up(symlink("self", in_dir(in_repo("odd", "_manifests/tags/self"))));
	set_up(symlink("none", in_dir(in_repo("odd", "_manifests/tags/lost"))));
	make_dir(tag_file("odd", "linked", "current"));
	set_up(symlink(
	    "../../good/current/link", in_dir(current_link("odd", "linked"))));
	make_dir(tag_file("odd", "pipe", "current"));
	set_up(mkfifo(in_dir(current_link("odd", "pipe")), 0644));
}

static void
test_odd(void)
{
	static const char *const none[] = {"killed", "empty", "newline", "bare",
	    "directory", "flat", "file", "self", "lost", "pipe"};
	size_t i;

	make_odd();
	is_str(tags_of("odd"), "GOOD=1 _9.x-y=1 good=1 linked=1 moved=2 ",
	    "tags are distinguished from what lies next to them");
	for (i = 0; i < COUNT(none); i++)
		is_str(meant("odd", none[i]), "manifest_unknown",
		    "\"%s\" means nothing", none[i]);
	is_str(last_of("odd"),
	    arena_printf(arena, "moved %s", digest_text(arena, &two)),
	    "the last one is the last that means something");
	is_int(put("odd", "killed", &two), RC_OK, "one that was cut off");
	is_int(put("odd", "empty", &two), RC_OK, "one that is empty");
	is_int(put("odd", "newline", &one), RC_OK, "one with a newline");
	is_int(put("odd", "linked", &two), RC_OK, "one that is a symbolic link");
	is_str(tags_of("odd"),
	    "GOOD=1 _9.x-y=1 empty=2 good=1 killed=2 linked=2 moved=2 newline=1 ",
	    "each is put right when it is pushed");
	is_str(read_text(current_link("odd", "newline")), digest_text(arena, &one),
	    "to the byte");
}

/* What makes each delete of an old server fail can be removed. */
static void
test_remove_odd(void)
{
	static const char *const odd[] = {"bare", "directory", "file", "lost"};
	size_t i;

	for (i = 0; i < COUNT(odd); i++) {
		is_int(held_tag_remove("odd", odd[i]), RC_OK, "\"%s\" is removed",
		    odd[i]);
		ok(!is_there(in_repo(
		       "odd", arena_printf(arena, "_manifests/tags/%s", odd[i]))),
		    "and gone");
	}
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "wholly");
}

static int
walk_as_nobody(void *arg)
{
	struct seen seen = {.in_order = true};

	(void)arg;
	if (geteuid() == 0 && setuid(NOBODY) == -1)
		return -1;
	buf_init(&seen.tags, arena, TREE_MAX);
	return (int)store_tag_each(repository(APP), "", see, &seen, &err);
}

static void
test_unreadable(void)
{
	set_up(chmod(dir, 0755));
	is_int(
	    run_in_process(walk_as_nobody, NULL), RC_OK, "another user reads them");
	set_up(chmod(in_dir(current_link(APP, "v1")), 0));
	is_int(run_in_process(walk_as_nobody, NULL), RC_IO,
	    "one that cannot be read is not taken for none");
	set_up(chmod(in_dir(current_link(APP, "v1")), 0644));
}

/* ---- lists ---- */

static void
test_many(void)
{
	struct seen seen;
	unsigned i;

	for (i = 0; i < 3000; i++)
		write_tag("many", arena_printf(arena, "%u", i * 7919 % 3000),
		    i * 7919 % 3000 == 999 ? &two : &one);
	seen = see_all("many", "", 0);
	is_int(seen.n, 3000, "all of 3,000");
	ok(seen.in_order, "in byte order");
	is_str(seen.last, "999", "to the last");
	is_str(last_of("many"),
	    arena_printf(arena, "999 %s", digest_text(arena, &two)),
	    "which can be had at once");
	is_int(see_all("many", "2", 0).n, 1887, "those after one");
	is_int(see_all("many", "20000", 0).n, 1884, "or after where one would be");
	is_int(see_all("many", "999", 0).n, 0, "none after the last");
	seen = see_all("many", "100", 2);
	is_str(buf_str(&seen.tags).p, "1000=1 1001=1 ", "as many as are wanted");
	is_int(see_all("many", "", 2100).n, 2100, "more than a page of them");
}

static void
test_none(void)
{
	is_str(tags_of("none"), "", "a repository that is not there has none");
	is_str(last_of("none"), "manifest_unknown", "and no last one");
	make_dir(in_repo("empty", "_manifests/tags"));
	is_str(tags_of("empty"), "", "nor has one where all are deleted");
	is_str(last_of("empty"), "manifest_unknown", "a last one");
	write_text(tag_index_link("killed", "a", &one), digest_text(arena, &one));
	write_text(tag_index_link("killed", "b", &one), digest_text(arena, &one));
	is_str(
	    last_of("killed"), "manifest_unknown", "nor one where none was made");
	write_text(in_repo("file", "_manifests/tags"), "");
	is_str(tags_of("file"), "", "nor a file");
}

int
main(void)
{
	setup_store(IN_MEMORY);
	one = sha256("one");
	two = text_digest(HASH_SHA512, "two");
	test_put();
	test_remove();
	test_odd();
	test_remove_odd();
	test_unreadable();
	test_many();
	test_none();
	return teardown_store();
}
