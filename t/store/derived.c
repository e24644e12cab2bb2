/* derived.c: what is computed of a layer and kept for a while, written piece by
 * piece and whole or not at all; files of the store read from their beginning. */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/held.h"
#include "lib/store.h"
#include "store/content.h"
#include "store/derived.h"
#include "storefs/content.h"

#define ID    "00000000000000a1"
#define IMAGE "images/" ID
#define FILES "_berth/derived/" ID "_files"
#define DIFFS "_berth/derived/" ID "_diff"
#define LARGE ((size_t)300000) /* more than is written at once */

/* ---- put ---- */

struct making {
	struct str piece;
	unsigned times;
	enum result r;
	bool stopped; /* the sink wanted no more */
};

static enum result
make(void *arg, struct sink sink, struct err *why)
{
	struct making *m = arg;
	unsigned i;

	for (i = 0; i < m->times && !m->stopped; i++)
		m->stopped = !sink.write(sink.arg, m->piece.p, m->piece.n);
	return m->r == RC_OK ? RC_OK : err_set(why, m->r, "as it is made");
}

static enum result
put(enum store_derived which, const char *piece, unsigned n, enum result made)
{
	struct making m = {str_of(piece), n, made, false};
	const struct store_derived_maker maker = {make, &m};
	const struct store_v1image im = store_v1image_make(store, arena, ID);
	struct guard g = {0};
	enum result r = store_derived_guard(&im, which, &g, &err);

	if (r == RC_OK)
		r = store_derived_put(&im, &g, which, &maker, &err);
	guard_release(&g);
	return r;
}

static const char *
text_of(struct store_reader *reader)
{
	struct buf b;
	char part[4096];
	ssize_t n;

	buf_init(&b, arena, TREE_MAX);
	buf_adds(&b, "");
	while ((n = store_reader_read(reader, part, sizeof(part))) > 0)
		buf_add(&b, part, (size_t)n);
	return b.p;
}

static const char *
kept(enum store_derived which)
{
	const struct store_v1image im = store_v1image_make(store, arena, ID);
	struct store_reader *reader;
	enum result r = store_derived_open(&im, which, &reader, &err);

	return r == RC_OK ? text_of(reader) : err_name(r);
}

/* "_berth/derived/..._files 3" */
static const char *
file_of(enum store_derived which)
{
	const struct store_v1image im = store_v1image_make(store, arena, ID);
	const struct content *file;
	enum result r = store_derived_find(&im, which, &file, &err);

	return r == RC_OK ? arena_printf(arena, "%s %llu", store_content_uri(file),
				(unsigned long long)store_content_size(file))
			  : err_name(r);
}

static const char *
many(const char *piece, size_t n)
{
	struct buf b;
	size_t i;

	buf_init(&b, arena, TREE_MAX);
	for (i = 0; i < n; i++)
		buf_adds(&b, piece);
	return b.p;
}

static void
test_put(void)
{
	struct stat sb;

	is_str(file_of(STORE_DERIVED_FILES), "not_found", "nothing is kept");
	is_str(kept(STORE_DERIVED_FILES), "not_found", "nor can be read");
	write_text(IMAGE "/json", "{}");
	is_int(put(STORE_DERIVED_FILES, "[1]", 1, RC_OK), RC_OK, "put");
	is_str(file_of(STORE_DERIVED_FILES), FILES " 3", "it has its name");
	is_str(kept(STORE_DERIVED_FILES), "[1]", "and its text");
	is_str(
	    file_of(STORE_DERIVED_DIFF), "not_found", "the other one is another");
	is_int(put(STORE_DERIVED_DIFF, "{}", 1, RC_OK), RC_OK, "that is put");
	is_str(kept(STORE_DERIVED_DIFF), "{}", "it has its text");
	is_str(tree("images"), IMAGE "/json\n", "the image is as it was");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nothing is left on the way");
	ok(lstat(in_dir(FILES), &sb) == 0 && sb.st_mode == (S_IFREG | 0640),
	    "as other files of the store");
	is_int(put(STORE_DERIVED_FILES, "", 0, RC_OK), RC_OK, "nothing at all");
	is_str(file_of(STORE_DERIVED_FILES), FILES " 0", "is kept");
	is_str(kept(STORE_DERIVED_FILES), "", "and read");
}

static void
test_large(void)
{
	is_int(put(STORE_DERIVED_FILES, "abc", LARGE / 3, RC_OK), RC_OK,
	    "many small pieces");
	is_str(read_text(FILES), many("abc", LARGE / 3), "all in order");
	is_int(put(STORE_DERIVED_FILES, many("defg", LARGE / 4), 2, RC_OK), RC_OK,
	    "two large ones");
	is_str(kept(STORE_DERIVED_FILES), many("defg", LARGE / 2), "all in order");
}

static void
test_replaced(void)
{
	const struct store_v1image im = store_v1image_make(store, arena, ID);
	struct store_reader *old;

	is_int(put(STORE_DERIVED_FILES, "old", 1, RC_OK), RC_OK, "one that is");
	is_int(store_derived_open(&im, STORE_DERIVED_FILES, &old, &err), RC_OK,
	    "opened");
	is_int(put(STORE_DERIVED_FILES, "new", 1, RC_BAD_LAYER), RC_BAD_LAYER,
	    "its making fails");
	is_str(err.text, "as it is made", "and the error says why");
	is_str(kept(STORE_DERIVED_FILES), "old", "it stays");
	is_int(put(STORE_DERIVED_FILES, "new", 1, RC_OK), RC_OK, "it is replaced");
	is_str(kept(STORE_DERIVED_FILES), "new", "by the new one");
	is_str(text_of(old), "old", "a reader of the old one keeps it");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nothing is left on the way");
}

/* With a process's limit in the place of a full disk. */
static int
put_too_much(void *arg)
{
	const struct rlimit limit = {LARGE / 2, LARGE / 2};
	struct making m = {
	    str_of("0123456789"), 1u << 20, *(enum result *)arg, false};
	const struct store_derived_maker maker = {make, &m};
	const struct store_v1image im = store_v1image_make(store, arena, ID);
	struct guard g = {0};
	enum result r = store_derived_guard(&im, STORE_DERIVED_FILES, &g, &err);

	(void)signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit) == -1)
		return 1;
	r = store_derived_put(&im, &g, STORE_DERIVED_FILES, &maker, &err);
	if (r != RC_IO || strstr(err.text, "write " FILES ": ") != err.text)
		return 2;
	return m.stopped ? 0 : 3;
}

static void
test_no_room(void)
{
	enum result fine = RC_OK, bad = RC_BAD_LAYER;

	is_int(run_in_process(put_too_much, &fine), 0,
	    "what is not written is an error");
	is_int(run_in_process(put_too_much, &bad), 0,
	    "reported before what its maker says");
	is_str(kept(STORE_DERIVED_FILES), "new", "what was there stays");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nothing is left on the way");
}

static void
test_no_files(void)
{
	(void)unlink(in_dir(DIFFS));
	set_up(symlink(ID "_files", in_dir(DIFFS)));
	is_str(file_of(STORE_DERIVED_DIFF), FILES " 3",
	    "of a link nginx is given its target");
	is_str(kept(STORE_DERIVED_DIFF), "new", "which is read");
	is_int(put(STORE_DERIVED_DIFF, "{}", 1, RC_OK), RC_OK, "it is replaced");
	is_str(kept(STORE_DERIVED_FILES), "new", "not what it points to");
	(void)unlink(in_dir(DIFFS));
	set_up(mkfifo(in_dir(DIFFS), 0644));
	is_str(file_of(STORE_DERIVED_DIFF), "not_found", "a pipe is none");
	is_str(kept(STORE_DERIVED_DIFF), "not_found", "nor waited for");
	(void)unlink(in_dir(DIFFS));
	make_dir(DIFFS);
	is_str(kept(STORE_DERIVED_DIFF), "not_found", "a directory is none");
	is_int(put(STORE_DERIVED_DIFF, "{}", 1, RC_OK), RC_IO, "and stays");
	ok(is_there(DIFFS), "as it is");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nothing is left on the way");
	set_up(rmdir(in_dir(DIFFS)));
}

/* ---- those of an old server, and those that nobody asks for ---- */

static void
test_old(void)
{
	const struct store_v1image im = store_v1image_make(store, arena, ID);
	struct guard g;

	write_text(IMAGE "/_files", "of old");
	is_str(kept(STORE_DERIVED_FILES), "new",
	    "our own is read before an old server's");
	(void)unlink(in_dir(FILES));
	is_str(kept(STORE_DERIVED_FILES), "of old", "without it, that is");
	is_str(file_of(STORE_DERIVED_FILES), IMAGE "/_files 6", "where it lies");
	is_int(put(STORE_DERIVED_FILES, "new", 1, RC_OK), RC_OK, "one of our own");
	is_str(read_text(IMAGE "/_files"), "of old", "does not touch it");
	g = hold(GUARD_IMAGE, ID);
	is_int(store_derived_forget(&im, &g, &err), RC_OK, "forgotten");
	guard_release(&g);
	is_str(kept(STORE_DERIVED_FILES), "not_found", "both are gone");
}

/* As if it had been used last so many days ago. */
static void
age_days(const char *path, int days)
{
	const struct timespec then[2] = {
	    {time(NULL) - days * 86400L, 0}, {time(NULL) - days * 86400L, 0}};

	set_up(utimensat(AT_FDCWD, in_dir(path), then, 0));
}

static unsigned
swept(void)
{
	unsigned n = 0;

	is_int(store_derived_sweep(store, 7 * 86400, &n, &err), RC_OK, "a sweep");
	return n;
}

static void
test_sweep(void)
{
	write_text(IMAGE "/_diff", "of old");
	is_int(put(STORE_DERIVED_FILES, "new", 1, RC_OK), RC_OK, "a list");
	age_days(IMAGE "/_diff", 100);
	age_days(FILES, 6);
	is_int(swept(), 0, "used within a week: it stays");
	is_str(kept(STORE_DERIVED_FILES), "new", "it is read");
	is_int(swept(), 0, "so it is in use");
	age_days(FILES, 8);
	is_str(file_of(STORE_DERIVED_FILES), FILES " 3",
	    "asked for after more than a week");
	is_int(swept(), 0, "it is in use again");
	age_days(FILES, 8);
	is_int(swept(), 1, "nobody asked for it in a week: gone");
	is_str(kept(STORE_DERIVED_FILES), "not_found", "it is to be computed");
	is_str(kept(STORE_DERIVED_DIFF), "of old", "an old server's stays");
}

/* ---- readers ---- */

static const char *
opened(const char *name)
{
	struct store_reader *reader;
	enum result r = content_open_file(store, arena, name, &reader, &err);

	return r == RC_OK ? "ok" : err_name(r);
}

static unsigned
open_files(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned n = 0;

	if (d == NULL)
		bail_out("/proc/self/fd");
	while (readdir(d) != NULL)
		n++;
	(void)closedir(d);
	return n;
}

static void
test_reader(void)
{
	struct arena *own = arena_new();
	unsigned before = open_files();
	struct store_reader *reader;
	struct buf b;
	char part[7];
	ssize_t n;

	write_text(IMAGE "/layer", "the bytes of a layer");
	buf_init(&b, arena, 64);
	is_int(content_open_file(store, own, IMAGE "/layer", &reader, &err), RC_OK,
	    "opened");
	is_int(store_reader_size(reader), 20, "its size");
	write_text("elsewhere", "x");
	set_up(rename(in_dir("elsewhere"), in_dir(IMAGE "/layer")));
	while ((n = store_reader_read(reader, part, sizeof(part))) > 0)
		buf_add(&b, part, (size_t)n);
	is_int(n, 0, "to its end");
	is_str(b.p, "the bytes of a layer", "the file that was opened, in order");
	is_int(store_reader_read(reader, part, sizeof(part)), 0, "and no further");
	arena_free(own);
	is_int(open_files(), before, "closed with the arena");

	is_str(opened(IMAGE "/none"), "not_found", "no such file");
	is_str(opened("images"), "not_found", "a directory");
	set_up(symlink("layer", in_dir(IMAGE "/link")));
	is_str(opened(IMAGE "/link"), "ok", "a symbolic link is its target");
	set_up(mkfifo(in_dir(IMAGE "/pipe"), 0644));
	is_str(opened(IMAGE "/pipe"), "not_found", "a pipe is not waited for");
}

int
main(void)
{
	setup_store(ON_DISK);
	test_put();
	test_large();
	test_replaced();
	test_no_room();
	test_no_files();
	test_reader();
	test_old();
	test_sweep();
	return teardown_store();
}
