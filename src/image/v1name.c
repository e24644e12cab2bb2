/* v1name.c: see v1name.h. */
#include "image/v1name.h"

#include <string.h>

#include "base/hex.h"
#include "base/percent.h"

bool
v1name_is_image_id(struct str s)
{
	return hex_is(s, 64) || hex_is(s, 16);
}

static bool
is_text(struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return false;
	return s.n > 0 && str_is_utf8(s);
}

/* "." and ".." would mean other directories of the store. */
static bool
is_part(struct str s)
{
	return s.n > 0 && !str_is(s, ".") && !str_is(s, "..");
}

static enum result
check_parts(struct str path, struct err *err)
{
	if (!is_text(path))
		return err_set(err, RC_BAD_NAME,
		    "a name must not be empty, and must be UTF-8 without control "
		    "characters");
	while (path.p != NULL)
		if (!is_part(str_cut(&path, '/')))
			return err_set(err, RC_BAD_NAME,
			    "no part of a name may be empty, \".\" or \"..\"");
	return RC_OK;
}

void
v1name_split(struct arena *a, struct str path, struct v1name *out)
{
	struct str rest = path, first = str_cut(&rest, '/');

	if (rest.p == NULL) {
		out->ns = V1NAME_DEFAULT_NAMESPACE;
		out->repo = str_dup(a, first);
	} else {
		out->ns = str_dup(a, first);
		out->repo = str_dup(a, rest);
	}
}

enum result
v1name_parse(struct arena *a, struct str path, struct v1name *out, struct err *err)
{
	enum result r = check_parts(path, err);

	if (r != RC_OK)
		return r;
	v1name_split(a, path, out);
	if (strlen(out->ns) > V1NAME_MAX_BYTES ||
	    strlen(percent_encode(a, str_of(out->repo), "_.-", true)) >
		V1NAME_MAX_BYTES)
		return err_set(err, RC_BAD_NAME,
		    "the namespace and the repository may have %d bytes each",
		    V1NAME_MAX_BYTES);
	return RC_OK;
}

const char *
v1name_full(struct arena *a, const struct v1name *name)
{
	return arena_printf(a, "%s/%s", name->ns, name->repo);
}

bool
v1name_eq(const struct v1name *a, const struct v1name *b)
{
	return strcmp(a->ns, b->ns) == 0 && strcmp(a->repo, b->repo) == 0;
}

const char *
v1name_url(struct arena *a, const char *server, const struct v1name *name,
    const char *resource)
{
	return arena_printf(a, "%s/v1/repositories/%s/%s/%s", server,
	    percent_encode(a, str_of(name->ns), "_.-", false),
	    percent_encode(a, str_of(name->repo), "_.-", false), resource);
}

enum result
v1name_check_tag(struct str tag, struct err *err)
{
	if (!is_text(tag) || str_has(tag, '/') || !is_part(tag))
		return err_set(err, RC_BAD_NAME,
		    "a tag must be UTF-8 without control characters or \"/\", and "
		    "not \".\" or \"..\"");
	if (tag.n > V1NAME_TAG_MAX)
		return err_set(err, RC_BAD_NAME,
		    "the tag has %zu bytes; at most %d are allowed", tag.n,
		    V1NAME_TAG_MAX);
	return RC_OK;
}
