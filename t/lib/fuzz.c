/* fuzz.c: see fuzz.h. */
#include "lib/fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/tap.h"

void
fuzz_fail(const char *file, int line, const char *condition)
{
	(void)fprintf(stderr, "%s:%d: not so: %s\n", file, line, condition);
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new();

	fuzz(a, str_make((const char *)p, n));
	arena_free(a);
	return 0;
}

#ifndef BERTH_FUZZERS

#define INPUT_MAX (1 << 20)

static void
run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *whole = malloc(INPUT_MAX), *tight;
	size_t n;

	if (file == NULL || whole == NULL) {
		ok(false, "%s: %s", path, strerror(errno));
		free(whole);
		return;
	}
	n = fread(whole, 1, INPUT_MAX, file);
	(void)fclose(file);
	tight = realloc(whole, n == 0 ? 1 : n);
	(void)LLVMFuzzerTestOneInput(tight, n);
	ok(true, "%s: %zu bytes", path, n);
	free(tight);
}

static int
no_dots(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void
run_directory(const char *directory)
{
	struct dirent **names;
	int n = scandir(directory, &names, no_dots, alphasort), i;
	char path[4096];

	ok(n > 0, "%s has seeds", directory);
	for (i = 0; i < n; i++) {
		(void)snprintf(
		    path, sizeof(path), "%s/%s", directory, names[i]->d_name);
		run_file(path);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

int
main(int argc, char **argv)
{
	const char *top = getenv("srcdir");
	char directory[2048];
	int i;

	(void)snprintf(directory, sizeof(directory), "%s/t/data/fuzz/%s",
	    top == NULL ? "." : top, program_invocation_short_name);
	if (argc == 1)
		run_directory(directory);
	for (i = 1; i < argc; i++)
		run_file(argv[i]);
	return done_testing();
}

#endif
