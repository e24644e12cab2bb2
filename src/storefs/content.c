/* content.c: see content.h. */
#include "store/content.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storefs/io.h"

struct store_reader {
	int fd;
	uint64_t size;
};

static void
close_reader(void *arg)
{
	const struct store_reader *r = arg;

	(void)close(r->fd);
}

enum result
store_content_open(const struct store *st, struct arena *a, const char *file,
    struct store_reader **out, struct err *err)
{
	struct store_reader *r = arena_alloc(a, sizeof(*r));
	struct stat sb;
	enum result opened = io_open_file(st, file, O_RDONLY, &r->fd, &sb, err);

	if (opened != RC_OK)
		return opened;
	arena_defer(a, close_reader, r);
	r->size = (uint64_t)sb.st_size;
	*out = r;
	return RC_OK;
}

uint64_t
store_reader_size(const struct store_reader *r)
{
	return r->size;
}

ssize_t
store_reader_read(void *arg, void *p, size_t n)
{
	const struct store_reader *r = arg;
	ssize_t k;

	do
		k = read(r->fd, p, n);
	while (k == -1 && errno == EINTR);
	return k;
}

ssize_t
store_reader_read_at(const struct store_reader *r, void *p, size_t n, uint64_t at)
{
	ssize_t k;

	do
		k = pread(r->fd, p, n, (off_t)at);
	while (k == -1 && errno == EINTR);
	return k;
}

void
store_reader_rewind(struct store_reader *r)
{
	(void)lseek(r->fd, 0, SEEK_SET);
}
