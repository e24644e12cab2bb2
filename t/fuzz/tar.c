/* tar.c: a whole layer, packed in any way; and the same bytes with the checksum of each
 * header put right, which chance would not find. */
#include <string.h>

#include "layer/tar.h"

#include "lib/fuzz.h"
#include "lib/tar.h"

struct seen {
	size_t entries;
	uint64_t bytes;
};

static bool
see_entry(void *arg, const struct tar_entry *entry)
{
	struct seen *seen = arg;

	CHECK(entry->size >= 0);
	CHECK(entry->name.n <= TAR_TEXT && entry->linkname.n <= TAR_TEXT);
	return ++seen->entries < 1000;
}

static bool
see_content(void *arg, const char *p, size_t n)
{
	struct seen *seen = arg;

	(void)p;
	seen->bytes += n;
	return seen->bytes < (1 << 20);
}

static ssize_t
read_rest(void *arg, void *p, size_t n)
{
	struct str *rest = arg;

	if (n > rest->n)
		n = rest->n;
	if (n > 0)
		memcpy(p, rest->p, n);
	*rest = str_make(rest->p + n, rest->n - n);
	return (ssize_t)n;
}

static void
walk(struct str input)
{
	struct seen seen = {0};
	const struct source source = {read_rest, &input, input.n};
	const struct tar_visitor visitor = {see_entry, see_content, &seen};
	struct err err;
	enum result r = tar_walk(&source, &visitor, &err);

	CHECK(r == RC_OK || r == RC_BAD_LAYER);
}

void
fuzz(struct arena *a, struct str input)
{
	char *copy = arena_strndup(a, input.p, input.n), *p;

	walk(input);
	for (p = copy; p + TAR_BLOCK <= copy + input.n; p += TAR_BLOCK)
		if (memcmp(p + 257, "ustar", 5) == 0)
			put_tar_checksum(p);
	walk(str_make(copy, input.n));
}
