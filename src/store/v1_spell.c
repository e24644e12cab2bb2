/* v1_spell.c: see v1_spell.h. */
#include "store/v1_spell.h"

#include <string.h>

#include "base/percent.h"

static const char *
quote(struct arena *a, const char *s)
{
	return percent_encode(a, str_of(s), "_.-", true);
}

const char *
v1_spell_repo(struct arena *a, const struct repo_name *name, enum v1_spelling how)
{
	if (how == V1_OLDER)
		return arena_printf(
		    a, "repositories/%s/%s", name->ns, quote(a, name->repo));
	return arena_printf(a, "repositories/%s/%s", quote(a, name->ns),
	    quote(a, quote(a, name->repo)));
}

const char *
v1_spell_tag(struct arena *a, const char *tag, enum v1_spelling how)
{
	return how == V1_OLDER ? tag : quote(a, tag);
}

/* Unquoted once, and again if escapes are left: no docker names a repository with
 * "%". */
static struct str
unquote(struct arena *a, const char *s, bool *ok)
{
	struct str once = {"", 0}, twice;

	*ok = percent_decode(a, str_of(s), true, &once);
	if (*ok && str_has(once, '%') && percent_decode(a, once, true, &twice))
		return twice;
	return once;
}

/* "%" and "+" are what quoting leaves, and no docker names a namespace with them. */
static struct str
unquote_ns(struct arena *a, const char *ns)
{
	struct str once;

	return percent_decode(a, str_of(ns), true, &once) ? once : str_of(ns);
}

const char *
v1_spell_read(struct arena *a, const char *ns, const char *repo)
{
	struct str space = unquote_ns(a, ns), text;
	struct repo_name name;
	struct err ignored;
	bool ok;

	text = unquote(a, repo, &ok);
	if (!ok || str_has(text, '\0') || str_has(space, '\0') ||
	    str_has(space, '/'))
		return NULL;
	text = str_of(
	    arena_printf(a, "%s/%s", str_dup(a, space), str_dup(a, text)));
	if (name_parse(a, text, &name, &ignored) != RC_OK)
		return NULL;
	return text.p;
}

bool
v1_spell_is_own(struct arena *a, const struct repo_name *name, enum v1_spelling how)
{
	const char *ns = name->ns, *repo = quote(a, name->repo), *read;

	if (how == V1_NEWER) {
		ns = quote(a, ns);
		repo = quote(a, repo);
	}
	read = v1_spell_read(a, ns, repo);
	return read != NULL && str_is(str_of(read), name_full(a, name));
}
