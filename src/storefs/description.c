/* description.c: see store/description.h.
 *
 * A description is the file _berth/about/<namespace>/<repository>, spelt as docker-registry to
 * 0.8.0 spelt the directory of a repository. Neither old layout has a place for one. */
#include "store/description.h"

#include <string.h>

#include "storefs/fingerprint.h"
#include "storefs/io.h"
#include "storefs/v1spelling.h"

/* "_berth/about/<ns>", and in *file the repository's part. */
static const char *
dir_of(struct arena *a, const struct v1name *name, const char **file)
{
	const char *spelt = v1spelling_repository(a, name, V1SPELLING_OLDER);
	const char *ns = strchr(spelt, '/'), *repo = strrchr(spelt, '/');

	*file = repo + 1;
	return arena_printf(a, IO_ABOUT_DIR "%.*s", (int)(repo - ns), ns);
}

static const char *
path_of(struct arena *a, const struct v1name *name)
{
	const char *file, *dir = dir_of(a, name, &file);

	return arena_printf(a, "%s/%s", dir, file);
}

enum result
store_description_get(const struct store *st, struct arena *a,
    const struct v1name *name, struct str *out, struct err *err)
{
	return io_read(st, a, path_of(a, name), STORE_DESCRIPTION_MAX, out, err);
}

enum result
store_description_set(struct store *st, struct arena *a, const struct v1name *name,
    struct str text, struct err *err)
{
	const char *file, *dir = dir_of(a, name, &file);
	enum result r;

	if (text.n > 0) {
		r = io_mkdirs(st, dir, err);
		if (r == RC_OK)
			r = io_put(st, dir, file, text, err);
		if (r == RC_OK)
			r = io_sync(st, dir, err);
		return r;
	}
	/* A file that is not there may have been removed a moment ago, by a process that was
	 * killed before that was durable. */
	r = io_unlink(st, path_of(a, name), err);
	if (r == RC_OK)
		r = durable_absence(st, path_of(a, name), err);
	return r;
}

struct str
store_description_version(
    const struct store *st, struct arena *a, const struct v1name *name)
{
	return fingerprint_text(a, fingerprint_of(st, path_of(a, name)));
}
