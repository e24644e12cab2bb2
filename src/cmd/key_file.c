/* key_file.c: see key_file.h. */
#include "cmd/key_file.h"

#include <stdio.h>

#define KEY_MAX ((size_t)64 << 10) /* bytes of a file */

static enum result
read_file(struct arena *a, const char *setting, const char *path, struct str *out,
    struct err *err)
{
	char *text = arena_alloc(a, KEY_MAX);
	FILE *f = fopen(path, "re");
	enum result r = RC_OK;

	if (f == NULL)
		return err_set(err, RC_IO, "%s %s: %m", setting, path);
	*out = str_make(text, fread(text, 1, KEY_MAX, f));
	if (ferror(f))
		r = err_set(err, RC_IO, "%s %s: %m", setting, path);
	(void)fclose(f);
	return r;
}

static void
free_privileged(void *arg)
{
	privileged_key_free(arg);
}

enum result
key_file_privileged(struct arena *a, const char *path,
    const struct privileged_key **out, struct err *err)
{
	struct privileged_key *key;
	struct str text;
	struct err why;
	enum result r = read_file(a, "privileged_key", path, &text, err);

	if (r != RC_OK)
		return r;
	if (privileged_key_parse(text, &key, &why) != RC_OK)
		return err_set(
		    err, RC_BAD_DATA, "privileged_key %s: %s", path, why.text);
	arena_defer(a, free_privileged, key);
	*out = key;
	return RC_OK;
}

enum result
key_file_signing(struct arena *a, const char *path, const struct signing_key **out,
    struct err *err)
{
	struct str text;
	struct err why;
	enum result r = read_file(a, "schema1_signing_key", path, &text, err);

	if (r == RC_OK && signing_key_parse(a, text, out, &why) != RC_OK)
		r = err_set(
		    err, RC_BAD_DATA, "schema1_signing_key %s: %s", path, why.text);
	return r;
}
