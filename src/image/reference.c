/* reference.c: see reference.h. */
#include "image/reference.h"

#include <string.h>

#include "image/v1name.h"

static bool
is_lower(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Bytes of the separator at s: ".", "_", "__" or any number of "-"; 0: none. */
static size_t
separator(struct str s)
{
	size_t n = 0;

	if (s.p[0] == '.')
		return 1;
	if (s.p[0] == '_')
		return s.n > 1 && s.p[1] == '_' ? 2 : 1;
	while (n < s.n && s.p[n] == '-')
		n++;
	return n;
}

/* Runs of letters and digits with one separator between two of them; so a separator is
 * neither at the beginning nor at the end. */
static bool
is_part(struct str s)
{
	size_t i = 0;

	while (i < s.n && is_lower(s.p[i])) {
		while (i < s.n && is_lower(s.p[i]))
			i++;
		if (i == s.n)
			return true;
		i += separator(str_make(s.p + i, s.n - i));
	}
	return false;
}

enum result
reference_check_repository(struct str name, struct err *err)
{
	struct str rest = name;

	if (name.n == 0 || name.n > REFERENCE_REPOSITORY_MAX)
		return err_set(err, RC_BAD_NAME,
		    "the name of a repository must have 1 to %d bytes, not %zu",
		    REFERENCE_REPOSITORY_MAX, name.n);
	while (rest.p != NULL)
		if (!is_part(str_cut(&rest, '/')))
			return err_set(err, RC_BAD_NAME,
			    "each part of a repository's name must be lower-case "
			    "letters and digits, with single separators (. _ __ or "
			    "dashes) between them");
	return RC_OK;
}

bool
reference_is_repository(struct str name)
{
	struct err ignored;

	return reference_check_repository(name, &ignored) == RC_OK;
}

const char *
reference_key(const char *name)
{
	static const char prefix[] = V1NAME_DEFAULT_NAMESPACE "/";
	const char *rest = name + sizeof(prefix) - 1;

	if (strncmp(name, prefix, sizeof(prefix) - 1) == 0 && *rest != '\0' &&
	    strchr(rest, '/') == NULL)
		return rest;
	return name;
}

bool
reference_is_tag(struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!is_lower(c) && !(c >= 'A' && c <= 'Z') && c != '_' &&
		    (i == 0 || (c != '.' && c != '-')))
			return false;
	}
	return s.n > 0 && s.n <= REFERENCE_TAG_MAX;
}
