/* lists.c: lists of any length, in byte order and bounded memory: pages of
 * a directory, tags, and the walk over all repositories. */
#include "lib/store.h"

#include "base/buf.h"
#include "store/v1repo.h"
#include "store/v1tag.h"
#include "storefs/listing.h"

#define ID "0123456789abcdef"

/* n names in an order that is neither the list's nor its reverse. */
static void
fill(const char *name, const char *before, const char *after, unsigned n)
{
	char last[64];
	unsigned i;
	int fd;

	make_dir(name);
	for (i = 0; i < n; i++) {
		(void)snprintf(
		    last, sizeof(last), "%s%u%s", before, i * 7919 % n, after);
		fd = open(arena_printf(arena, "%s/%s", in_dir(name), last),
		    O_WRONLY | O_CREAT, 0644);
		if (fd == -1)
			bail_out(last);
		(void)close(fd);
	}
}

/* ---- pages ---- */

/* Reads all pages; "2048 2048 1" tells how long they were. False: out of order. */
static bool
pages_of(const char *name, struct buf *sizes, size_t *total)
{
	struct listing page = {.last = false};
	const char *after = "";
	bool sorted = true;
	size_t i;

	*total = 0;
	while (!page.last) {
		if (listing_page(store, arena, (struct listing_from){name, after},
			&page, &err) != RC_OK)
			return false;
		for (i = 0; i < page.n; i++) {
			sorted = sorted && strcmp(after, page.names[i]) < 0;
			after = page.names[i];
		}
		*total += page.n;
		buf_printf(sizes, "%zu ", page.n);
	}
	return sorted;
}

static void
test_pages(void)
{
	static const struct {
		unsigned n;
		const char *pages;
	} rows[] = {
	    {0, "0 "},
	    {1, "1 "},
	    {2047, "2047 "},
	    {2048, "2048 "},
	    {2049, "2048 1 "},
	    {4096, "2048 2048 "},
	    {4097, "2048 2048 1 "},
	    {9000, "2048 2048 2048 2048 808 "},
	};
	size_t i, total;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *name = arena_printf(arena, "_berth/tmp/%u", rows[i].n);
		struct buf sizes;

		buf_init(&sizes, arena, 256);
		fill(name, "n", "", rows[i].n);
		ok(pages_of(name, &sizes, &total), "%u names in order", rows[i].n);
		is_int(total, rows[i].n, "all of them");
		is_str(sizes.p, rows[i].pages, "page by page");
		remove_tree(in_dir(name));
	}
}

static void
test_odd_directories(void)
{
	struct listing page;

	is_int(listing_page(
		   store, arena, (struct listing_from){"images/none"}, &page, &err),
	    RC_OK, "a directory that is not there");
	ok(page.n == 0 && page.last, "is an empty one");
	write_text("images/file", "");
	is_int(listing_page(
		   store, arena, (struct listing_from){"images/file"}, &page, &err),
	    RC_OK, "so is a file");
	ok(page.n == 0 && page.last, "in its place");
	write_text("_berth/tmp/d/.hidden", "");
	write_text("_berth/tmp/d/seen", "");
	write_text("_berth/tmp/d/\xff", "");
	(void)listing_page(
	    store, arena, (struct listing_from){"_berth/tmp/d"}, &page, &err);
	is_int(page.n, 3, "hidden names count");
	is_str(page.names[0], ".hidden", "as any others");
	is_str(page.names[1], "seen", "which");
	is_str(page.names[2], "\xff", "are bytes");
	(void)listing_page(store, arena,
	    (struct listing_from){"_berth/tmp/d", "seen"}, &page, &err);
	is_int(page.n, 1, "it goes on after a name");
	(void)listing_page(store, arena,
	    (struct listing_from){"_berth/tmp/d", "sed"}, &page, &err);
	is_int(page.n, 2, "also after one that is gone");
	set_up(symlink("d", in_dir("_berth/tmp/link")));
	is_int(listing_page(store, arena, (struct listing_from){"_berth/tmp/link"},
		   &page, &err),
	    RC_OK, "a link to a directory");
	is_int(page.n, 3, "is that directory");
	remove_tree(in_dir("_berth/tmp/d"));
	(void)unlink(in_dir("images/file"));
	(void)unlink(in_dir("_berth/tmp/link"));
}

/* ---- tags ---- */

struct seen {
	char last[64];
	unsigned n, stop;
	bool sorted;
};

static bool
see_tag(void *arg, const char *tag, const char *id)
{
	struct seen *seen = arg;

	seen->sorted = seen->sorted && strcmp(seen->last, tag) < 0 &&
		       strcmp(id, ID) == 0;
	(void)snprintf(seen->last, sizeof(seen->last), "%s", tag);
	return ++seen->n != seen->stop;
}

static void
test_many_tags(void)
{
	struct seen seen = {.sorted = true};
	static const char many[] = "repositories/team/many";
	const struct v1name name = {"team", "many"};
	struct store_v1repo repo;
	unsigned i;

	for (i = 0; i < 5000; i++)
		write_text(
		    arena_printf(arena, "%s/tag_%u", many, i * 7919 % 5000), ID);
	fill(many, "tag", "_json", 5000);
	fill(many, "zzz", "", 2100);
	(void)store_v1repo_find(store, arena, &name, &repo, &err);
	is_int(store_v1tag_each(&repo, see_tag, &seen, &err), RC_OK,
	    "5000 tags between other files");
	is_int(seen.n, 5000, "each once");
	ok(seen.sorted, "in order, with their ids");
	seen = (struct seen){.sorted = true, .stop = 3000};
	(void)store_v1tag_each(&repo, see_tag, &seen, &err);
	is_int(seen.n, 3000, "a visitor ends the list");
	remove_tree(in_dir("repositories/team"));
}

/* ---- the walk ---- */

struct walked {
	struct buf names;
	unsigned n, stop;
};

static bool
walk_one(void *arg, const char *name)
{
	struct walked *w = arg;

	buf_printf(&w->names, "%s\n", name);
	return ++w->n != w->stop;
}

/* For at most `stop` repositories (0: all). */
static struct walked
walk(unsigned stop)
{
	struct walked w = {.stop = stop};

	buf_init(&w.names, arena, TREE_MAX);
	buf_adds(&w.names, "");
	is_int(store_v1repo_walk(store, walk_one, &w, &err), RC_OK, "a walk");
	if (w.names.n == 0)
		buf_addc(&w.names, '-');
	return w;
}

static void
test_walk_names(void)
{
	is_str(walk(0).names.p, "-", "nothing is there");
	write_text("repositories/b/one/tag_x", ID);
	write_text("repositories/a/two/_index_images", "[]");
	write_text("repositories/a/sub%2Fold/json", "{}");
	write_text("repositories/a/sub%252Fnew/json", "{}");
	write_text("repositories/a/b%zz/json", "{}");
	write_text("repositories/a/%2E%2E/json", "{}");
	write_text("repositories/a/file", "");
	write_text("repositories/file", "");
	write_text("repositories/.hidden/x/json", "{}");
	make_dir("repositories/a/empty");
	make_dir("repositories/void");
	is_str(walk(0).names.p, ".hidden/x\na/sub/new\na/sub/old\na/two\nb/one\n",
	    "names as clients write them; what can be none is passed over");
	remove_tree(in_dir("repositories/a"));
	remove_tree(in_dir("repositories/b"));
	remove_tree(in_dir("repositories/.hidden"));
	(void)unlink(in_dir("repositories/file"));
}

static void
test_long_walk(void)
{
	struct walked w;
	unsigned i;

	for (i = 0; i < 5000; i++)
		write_text(arena_printf(arena, "repositories/%s/r%u/json",
			       i % 10 == 0 ? "x" : "y", i * 7919 % 5000),
		    "{}");
	is_int(walk(0).n, 5000, "5000 repositories");
	w = walk(2);
	is_int(w.n, 2, "a visitor ends the walk");
	is_str(w.names.p, "x/r0\nx/r10\n", "in order of the names");
}

int
main(void)
{
	setup_store(IN_MEMORY);
	test_pages();
	test_odd_directories();
	test_many_tags();
	test_walk_names();
	test_long_walk();
	return teardown_store();
}
