/* vectors.c: see vectors.h. */
#include "lib/vectors.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/base64url.h"
#include "lib/fixture.h"
#include "lib/tap.h"

#define FILE_MAX ((size_t)1 << 20)

const struct json *
vectors_read(const char *name)
{
	const char *srcdir = getenv("srcdir"), *why;
	char *text = arena_alloc(arena, FILE_MAX);
	struct json *root = NULL;
	FILE *f = fopen(arena_printf(arena, "%s/t/data/%s",
			    srcdir == NULL ? "." : srcdir, name),
	    "re");

	if (f == NULL ||
	    !json_parse(
		arena, str_make(text, fread(text, 1, FILE_MAX, f)), &root, &why))
		bail_out(name);
	(void)fclose(f);
	return root;
}

const char *
vector_text(const struct json *v, const char *key)
{
	return str_dup(arena, json_text(json_get(v, key)));
}

struct str
vector_bytes(const struct json *v, const char *key)
{
	struct str bytes;

	if (!base64url_decode(arena, json_text(json_get(v, key)), &bytes))
		bail_out(key);
	return bytes;
}
