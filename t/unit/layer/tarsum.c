/* tarsum.c: what a layer holds, summed up. The layers and the sums were made by
 * t/data/layers.py, with Python's reader of tar. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "layer/tarsum.h"
#include "lib/unit.h"

/* The same as in layers.py. */
#define JSON "{\"id\": \"00000000000000a1\", \"comment\": \"\xc3\xa4\"}"

struct row {
	const char *file, *what;
	const char *sum, *sum_v1; /* v1: without mtime, with attributes */
};

#define PLAIN    "426242e6ae27d17acd82fc12afb09024cfa30c5bb1823bfa821295e280d3b725"
#define PLAIN_V1 "5468d754887e6fcb056ceecfe62f73e96192a000526d8023eb14f65943b91050"
#define NOTHING  "c1795a8f5ba66c37d83db01a62d8d2d7e19d1779825d95ba173722e7aa706a67"

static const struct row rows[] = {
    {"empty.tar", "an empty file", NOTHING, NOTHING},
    {"end.tar.gz", "two blocks of zeros", NOTHING, NOTHING},
    {"plain.tar.gz", "of every type, gzip", PLAIN, PLAIN_V1},
    {"plain.tar.bz2", "bzip2", PLAIN, PLAIN_V1},
    {"plain.tar.xz", "xz", PLAIN, PLAIN_V1},
    {"members.tar.gz", "several members of gzip", PLAIN, PLAIN_V1},
    {"docker.tar.gz", "flushed at each entry, without an end", PLAIN, PLAIN_V1},
    {"no-end.tar.xz", "xz without an end", PLAIN, PLAIN_V1},
    {"one-end.tar.gz", "one block of zeros", PLAIN, PLAIN_V1},
    {"behind.tar.gz", "bytes after the end", PLAIN, PLAIN_V1},
    {"prefix.tar.gz", "ustar's long name",
	"8e8900ce90560bf0e48ddb625638e192830c350a67cb487044774c834f2f90f1",
	"abc57494cc6e9b8e2850a72cf4afcf5d141314fcad42a02003608591b120b2a5"},
    {"v7.tar.gz", "a header of 1979",
	"7954817e470cadae2f338375c7c50f30f6574a68a4820ebd2f65455f485d6237",
	"b053efa06026c63c9f4a74ebb686824403348b00a97327bd87decde37556977a"},
    {"pax.tar.xz", "pax: long names, attributes, large numbers",
	"8c78ed6d54b78932a93a0727fbc71774ed074d09b0ff3c6d14492c9ee149636c",
	"4cf3bfff1a42c822dd3f05eccb9238ad37f09f9e79bd16b29632216cf81dbb98"},
    {"gnu.tar.bz2", "GNU: long names, numbers in base 256",
	"e080c3939d0602d763e5a6cfcd219cbc566e099d94bfa8f8594003fb32ecab67",
	"572f6e557fa10340304ae822f7c5d99650b4cf50ad6077a43deca379fe8c85e1"},
    {"sparse.tar.gz", "GNU's sparse files",
	"7f40cef642ab8ea9cc8ca03ae4450aea3cfb4f0370d221114f034829210e1d19",
	"3d49f526c6758e8ac4d579c16ba6fe845dd6a1d541906bce2c981bfc91a5888d"},
};

/* All of a name, as docker-registry counts; the last, as docker does. */
static const struct row doubled[] = {
    {"doubled.tar.gz", "all of a name",
	"4dca71d3c554adaab81a0dedd30e48d96ed3995d69047763f8421a0d19a518d2",
	"b1fa194ee58ca7321f3351058347c9dd1c03ba14ca3ccfb0973e8f4e7506e3a6"},
    {"doubled.tar.gz", "the last of a name",
	"a42a7a3cb54adb9835c09b1bde26ab5070585b37b191a50fcf743e0228a398f0",
	"9f9df9c2ee0252f6df0e1dabd502060a208547417eb2e6f42d9df8643867554b"},
};

static ssize_t
read_fd(void *arg, void *p, size_t n)
{
	return read(*(int *)arg, p, n);
}

static int
open_layer(const char *file)
{
	const char *srcdir = getenv("srcdir");
	int fd = open(arena_printf(arena, "%s/t/data/layers/%s",
			  srcdir == NULL ? "." : srcdir, file),
	    O_RDONLY);

	if (fd == -1)
		abort();
	return fd;
}

/* "right", "wrong", or the error's name. */
static const char *
check(const char *file, struct str json, const char *given)
{
	int fd = open_layer(file);
	struct source source = {read_fd, &fd, 0};
	struct stat sb;
	enum result r;
	bool right;

	if (fstat(fd, &sb) == -1)
		abort();
	source.size = (uint64_t)sb.st_size;
	r = tarsum_check(json, str_of(given), &source, &right, &err);
	(void)close(fd);
	return r != RC_OK ? err_name(r) : right ? "right" : "wrong";
}

static void
is_sum(const struct row *row, const char *kind, const char *sum)
{
	char *given = arena_strdup(arena, arena_printf(arena, "%s:%s", kind, sum));
	char *last = given + strlen(given) - 1;

	is_str(check(row->file, TEXT(JSON), given), "right", "%s, %s", row->what,
	    kind);
	is_str(check(row->file, TEXT(JSON "\n"), given), "wrong",
	    "%s, %s, another json", row->what, kind);
	*last = *last == '0' ? '1' : '0';
	is_str(check(row->file, TEXT(JSON), given), "wrong", "%s, %s, another sum",
	    row->what, kind);
}

static void
check_sums(const struct row *row)
{
	is_sum(row, "tarsum+sha256", row->sum);
	is_sum(row, "tarsum.v1+sha256", row->sum_v1);
	is_sum(row, "tarsum.dev+sha256", row->sum_v1);
	if (strcmp(row->sum, row->sum_v1) != 0)
		is_str(check(row->file, TEXT(JSON),
			   arena_printf(arena, "tarsum.v1+sha256:%s", row->sum)),
		    "wrong", "%s, of another version", row->what);
}

static void
test_rows(void)
{
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		check_sums(&rows[i]);
}

static void
test_doubled(void)
{
	size_t i;

	for (i = 0; i < COUNT(doubled); i++)
		check_sums(&doubled[i]);
}

static void
test_refused(void)
{
	static const char *const sums[] = {"", "tarsum+sha256:", "sha256:" PLAIN,
	    "tarsum+md5:" PLAIN, "tarsum.v2+sha256:" PLAIN,
	    "tarsum+sha256:" PLAIN "0", "TARSUM+SHA256:" PLAIN,
	    "tarsum+sha256:../../../etc/passwd"};
	size_t i;

	for (i = 0; i < COUNT(sums); i++)
		is_str(check("plain.tar.gz", TEXT(JSON), sums[i]), "bad_checksum",
		    "refused: %s", sums[i]);
}

int
main(void)
{
	static void (*const tests[])(void) = {
	    test_rows, test_doubled, test_refused};

	return run_tests(tests, COUNT(tests));
}
