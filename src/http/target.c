/* target.c: see target.h. */
#include "http/target.h"

#include "base/percent.h"

static enum result
add_part(struct arena *a, struct str raw, struct target *out, struct err *err)
{
	struct str part;

	if (raw.n == 0)
		return RC_OK;
	if (out->n == TARGET_PARTS)
		return err_set(err, RC_BAD_REQUEST, "the path has too many parts");
	if (!percent_decode(a, raw, false, &part))
		return err_set(
		    err, RC_BAD_REQUEST, "the path has a %% without two digits");
	if (str_has(part, '\0') || str_is(part, ".") || str_is(part, ".."))
		return err_set(
		    err, RC_BAD_REQUEST, "a part of the path cannot be a name");
	out->part[out->n++] = part;
	return RC_OK;
}

enum result
target_parse(struct arena *a, struct str text, struct target *out, struct err *err)
{
	struct str path = str_cut(&text, '?');
	enum result r = RC_OK;

	out->n = 0;
	out->slash = path.n > 0 && path.p[path.n - 1] == '/';
	out->query = text;
	if (!str_starts(path, "/"))
		return err_set(err, RC_BAD_REQUEST,
		    "the target must be a path that begins with \"/\"");
	while (r == RC_OK && path.p != NULL)
		r = add_part(a, str_cut(&path, '/'), out, err);
	return r;
}

static enum result
find_values(struct arena *a, const struct target *t, const char *name, bool form,
    struct str *out, size_t most, size_t *n, struct err *err)
{
	struct str rest = t->query, value, key;

	*n = 0;
	while (rest.p != NULL && *n < most) {
		value = str_cut(&rest, '&');
		key = str_cut(&value, '=');
		if (!percent_decode(a, key, form, &key) || !str_is(key, name))
			continue;
		if (!percent_decode(a, value.p == NULL ? str_of("") : value, form,
			&out[(*n)++]))
			return err_set(err, RC_BAD_REQUEST,
			    "the query has a %% without two digits");
	}
	return RC_OK;
}

enum result
target_query_all(struct arena *a, const struct target *t, const char *name,
    struct str *out, size_t most, size_t *n, struct err *err)
{
	return find_values(a, t, name, false, out, most, n, err);
}

enum result
target_query(struct arena *a, const struct target *t, const char *name,
    struct str *out, struct err *err)
{
	size_t n;

	*out = str_make(NULL, 0);
	return find_values(a, t, name, false, out, 1, &n, err);
}

enum result
target_query_form(struct arena *a, const struct target *t, const char *name,
    struct str *out, struct err *err)
{
	size_t n;

	*out = str_make(NULL, 0);
	return find_values(a, t, name, true, out, 1, &n, err);
}
