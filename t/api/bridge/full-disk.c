/* full-disk.c: a layer of xz whose plain tar would take the last of the disk. This program has an
 * fstatvfs(3) in front of libc's, which says how many bytes are free. */
#include <archive.h>
#include <sys/statvfs.h>

#include "lib/api_both.h"
#include "lib/tar.h"
#include "lib/v1_push.h"

#define UNPACKED (40U << 20) /* bytes */

static uint64_t room = (uint64_t)1 << 30; /* bytes that are free ... */
static unsigned left = 1000;              /* ... the next times; then 0 */

int
fstatvfs(int fd, struct statvfs *out)
{
	(void)fd;
	*out = (struct statvfs){.f_bsize = 1, .f_frsize = 1};
	out->f_bavail = left > 0 ? room : 0;
	left -= left > 0;
	return 0;
}

static struct str
packed_layer(void)
{
	const struct tar_header header = {
	    .name = "zeros", .type = '0', .mode = 0644, .size = UNPACKED};
	struct buf b;

	buf_init(&b, arena, UNPACKED + 4096);
	put_tar_header(&b, &header);
	put_tar_content(&b, UNPACKED);
	return packed_as(arena, ARCHIVE_FILTER_XZ, buf_str(&b), "1");
}

int
main(void)
{
	const char *id;

	setup_both();
	id = push_v1_layer('a', NULL, packed_layer());
	tag_v1("team/big", "x", id);
	left = 2;
	is_int(request("GET", "/v2/team/big/manifests/x", NULL, NULL)->status, 507,
	    "the disk fills while the tar is written");
	is_int(left, 0, "that was noticed on the way");
	is_str(tree("_berth/tmp"), "_berth/tmp/\n", "nothing is left of it");
	left = 1000;
	is_int(request("GET", "/v2/team/big/manifests/x", NULL, NULL)->status, 200,
	    "there is space again");
	ok(left < 1000 - UNPACKED / (8U << 20), "it was asked for each part");
	return teardown_api();
}
