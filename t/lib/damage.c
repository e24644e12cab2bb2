/* damage.c: see damage.h. */
#include "lib/damage.h"

const char *const damage_names[] = {
    [EMPTY] = "empty",
    [CUT] = "cut off",
    [CHANGED] = "changed in one byte",
    [LONGER] = "longer",
    [MISSING] = "missing",
};

static void
change_byte(const char *path, off_t at)
{
	int fd = open(in_dir(path), O_RDWR);
	char c;

	set_up(fd);
	if (pread(fd, &c, 1, at) != 1)
		bail_out(path);
	c = c == '0' ? '1' : '0'; /* in a link, a digit still */
	if (pwrite(fd, &c, 1, at) != 1)
		bail_out(path);
	(void)close(fd);
}

static void
append_byte(const char *path)
{
	int fd = open(in_dir(path), O_WRONLY | O_APPEND);

	set_up(fd);
	if (write(fd, "0", 1) != 1)
		bail_out(path);
	(void)close(fd);
}

void
damage_file(const char *path, enum damage how)
{
	struct stat sb;

	set_up(stat(in_dir(path), &sb));
	if (how == EMPTY)
		set_up(truncate(in_dir(path), 0));
	else if (how == CUT)
		set_up(truncate(in_dir(path), sb.st_size - 3));
	else if (how == CHANGED)
		change_byte(path, sb.st_size - 5);
	else if (how == LONGER)
		append_byte(path);
	else
		set_up(unlink(in_dir(path)));
}

size_t
count_words(const char *text, const char *word)
{
	size_t n = 0;

	for (; (text = strstr(text, word)) != NULL; text++)
		n++;
	return n;
}
