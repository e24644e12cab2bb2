/* tar-write.c: archives that berth writes, as tar_walk() reads them. */
#include "layer/tar_write.h"

#include <string.h>

#include "layer/tar.h"
#include "lib/unit.h"

#define BLOCK 512

static struct buf archive;

static void
begin(void)
{
	buf_init(&archive, arena, (size_t)1 << 20);
}

static void
put_file(const char *name, const char *content)
{
	struct sink sink = buf_sink(&archive);

	ok(tar_write_file(sink, name, strlen(content)), "a header is written");
	buf_adds(&archive, content);
	ok(tar_write_padding(sink, strlen(content)), "and what fills the block");
	is_int(archive.n % BLOCK, 0, "which is whole then");
}

/* ---- reading it again ---- */

struct memory {
	struct str left;
};

static ssize_t
read_memory(void *arg, void *p, size_t n)
{
	struct memory *m = arg;

	n = n < m->left.n ? n : m->left.n;
	if (n > 0)
		memcpy(p, m->left.p, n);
	m->left = str_make(m->left.p + n, m->left.n - n);
	return (ssize_t)n;
}

/* "type name>link size mode: content" of each entry; the content is read at `at`. */
static bool
see_entry(void *arg, const struct tar_entry *e)
{
	size_t n = (size_t)e->size;

	buf_printf(arg, "%c %.*s>%.*s %lld %o: %.*s\n", e->type, STR_ARG(e->name),
	    STR_ARG(e->linkname), (long long)e->size, (unsigned)e->mode, (int)n,
	    archive.p + e->at);
	return true;
}

static const char *
entries(void)
{
	struct memory m = {exact_copy(buf_str(&archive))};
	const struct source source = {read_memory, &m, archive.n};
	struct buf text;
	const struct tar_visitor visitor = {.entry = see_entry, .arg = &text};

	buf_init(&text, arena, 4096);
	buf_adds(&text, "");
	if (tar_walk(&source, &visitor, &err) != RC_OK)
		return err.text;
	return text.p;
}

static void
test_entries(void)
{
	begin();
	put_file("a", "one");
	put_file("b/empty", "");
	ok(tar_write_link(buf_sink(&archive), "c/link", "../a"), "a link");
	ok(tar_write_end(buf_sink(&archive)), "the end");
	is_str(entries(),
	    "0 a> 3 644: one\n0 b/empty> 0 644: \n2 c/link>../a 0 777: \n",
	    "all is read again");
}

static void
test_long_name(void)
{
	const char *hundred = str_dup(arena, repeated('h', 100)),
		   *long_name = arena_printf(arena, "%s/%s", hundred, hundred);

	begin();
	put_file(hundred, "x");
	put_file(long_name, "y");
	ok(tar_write_end(buf_sink(&archive)), "the end");
	is_str(entries(),
	    arena_printf(
		arena, "0 %s> 1 644: x\n0 %s> 1 644: y\n", hundred, long_name),
	    "names of 100 bytes, and of more");
}

/* A length that counts its own digits: of 9 and 10 digits, of 99 and 100. */
static void
test_record_lengths(void)
{
	size_t n;

	begin();
	for (n = 101; n < 256; n++) {
		const char *name = str_dup(arena, repeated('n', n));

		begin();
		(void)tar_write_file(buf_sink(&archive), name, 0);
		(void)tar_write_end(buf_sink(&archive));
		if (strcmp(entries(),
			arena_printf(arena, "0 %s> 0 644: \n", name)) != 0)
			break;
	}
	is_int(n, 256, "names of each length are read again");
}

static void
test_large(void)
{
	begin();
	ok(tar_write_file(buf_sink(&archive), "large", ((uint64_t)1 << 33) - 1),
	    "a file of one byte less than 8 GiB");
	is_int(archive.n, BLOCK, "has one header");
	begin();
	ok(tar_write_file(buf_sink(&archive), "large", (uint64_t)1 << 33),
	    "a file of 8 GiB");
	is_int(archive.n, 3 * BLOCK, "has one more, with a record");
	is_str(arena_strndup(arena, archive.p + BLOCK, 19), "19 size=8589934592\n",
	    "of its size");
}

static bool
refuse(void *arg, const char *p, size_t n)
{
	(void)arg, (void)p, (void)n;
	return false;
}

static void
test_refused(void)
{
	const struct sink full = {refuse, NULL};

	ok(!tar_write_file(full, "a", 1), "a sink that takes nothing: a file");
	ok(!tar_write_link(full, "a", "b"), "a link");
	ok(!tar_write_padding(full, 1), "the rest of a block");
	ok(tar_write_padding(full, BLOCK), "a whole block has no rest");
	ok(!tar_write_end(full), "the end");
}

int
main(void)
{
	static void (*const tests[])(void) = {test_entries, test_long_name,
	    test_record_lengths, test_large, test_refused};

	return run_tests(tests, COUNT(tests));
}
