/* v1spelling.c: see v1spelling.h. */
#include "storefs/v1spelling.h"

#include <string.h>

#include "base/percent.h"

static const char *
quote(struct arena *a, const char *s)
{
	return percent_encode(a, str_of(s), "_.-", true);
}

const char *
v1spelling_repository(
    struct arena *a, const struct v1name *name, enum v1spelling how)
{
	if (how == V1SPELLING_OLDER)
		return arena_printf(
		    a, "repositories/%s/%s", name->ns, quote(a, name->repo));
	return arena_printf(a, "repositories/%s/%s", quote(a, name->ns),
	    quote(a, quote(a, name->repo)));
}

const char *
v1spelling_tag(struct arena *a, const char *tag, enum v1spelling how)
{
	return how == V1SPELLING_OLDER ? tag : quote(a, tag);
}

const char *
v1spelling_read_tag(struct arena *a, const char *spelt)
{
	struct str tag;
	struct err ignored;

	if (strchr(spelt, '%') == NULL ||
	    !percent_decode(a, str_of(spelt), true, &tag) ||
	    v1name_check_tag(tag, &ignored) != RC_OK ||
	    strcmp(quote(a, str_dup(a, tag)), spelt) != 0)
		return spelt;
	return str_dup(a, tag);
}

/* "%" and "+" are what quoting leaves, and no docker names a namespace with them. */
static struct str
unquote_ns(struct arena *a, const char *ns)
{
	struct str once;

	return percent_decode(a, str_of(ns), true, &once) ? once : str_of(ns);
}

/* "ns/repo". NULL: it cannot be a name. */
static const char *
full_name(struct arena *a, struct str ns, struct str repo)
{
	struct v1name name;
	struct err ignored;
	const char *full;

	if (str_has(repo, '\0') || str_has(ns, '\0') || str_has(ns, '/'))
		return NULL;
	full = arena_printf(a, "%s/%s", str_dup(a, ns), str_dup(a, repo));
	return v1name_parse(a, str_of(full), &name, &ignored) == RC_OK ? full
								       : NULL;
}

/* If both spellings could have made the name of the directory, the newer one counts:
 * its servers were in use for longer. */
const char *
v1spelling_read(struct arena *a, const char *ns, const char *repo)
{
	struct str space = unquote_ns(a, ns), once, twice;
	const char *newer;

	if (!percent_decode(a, str_of(repo), true, &once))
		return NULL;
	if (!percent_decode(a, once, true, &twice))
		return full_name(a, space, once);
	newer = full_name(a, space, twice);
	if (newer == NULL ||
	    strcmp(quote(a, quote(a, str_dup(a, twice))), repo) == 0)
		return newer;
	return full_name(a, space, once);
}

bool
v1spelling_is_plain(struct arena *a, const struct v1name *name)
{
	return strcmp(quote(a, name->ns), name->ns) == 0 &&
	       strcmp(quote(a, name->repo), name->repo) == 0;
}

bool
v1spelling_is_own(struct arena *a, const struct v1name *name, enum v1spelling how)
{
	const char *ns = name->ns, *repo = quote(a, name->repo), *read;

	if (how == V1SPELLING_NEWER) {
		ns = quote(a, ns);
		repo = quote(a, repo);
	}
	read = v1spelling_read(a, ns, repo);
	return read != NULL && str_is(str_of(read), v1name_full(a, name));
}
