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
		return err_set(err, RC_BAD_REQUEST,
		    "the path has more than %d parts", TARGET_PARTS);
	if (!percent_decode(a, raw, false, &part))
		return err_set(
		    err, RC_BAD_REQUEST, "the path has a %% without two digits");
	if (str_has(part, '\0') || str_is(part, ".") || str_is(part, ".."))
		return err_set(err, RC_BAD_REQUEST,
		    "a part of the path must not be \".\" or \"..\" or hold a NUL");
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

/* form: the query is that of an HTML form. False: a value has a broken %XX. */
static bool
find_values(struct arena *a, struct str query, const char *name, bool form,
    struct target_values *out)
{
	struct str value, key;

	out->n = 0;
	while (query.p != NULL && out->n < out->limit) {
		value = str_cut(&query, '&');
		key = str_cut(&value, '=');
		if (!percent_decode(a, key, form, &key) || !str_is(key, name))
			continue;
		if (!percent_decode(a, value.p == NULL ? str_of("") : value, form,
			&out->value[out->n++]))
			return false;
	}
	return true;
}

static enum result
bad_value(const char *name, struct err *err)
{
	return err_set(err, RC_BAD_REQUEST,
	    "the value of %s in the query has a %% without two digits", name);
}

enum result
target_query_all(struct arena *a, const struct target *t, const char *name,
    struct target_values *out, struct err *err)
{
	return find_values(a, t->query, name, false, out) ? RC_OK
							  : bad_value(name, err);
}

enum result
target_query(struct arena *a, const struct target *t, const char *name,
    struct str *out, struct err *err)
{
	struct target_values one = {.value = out, .limit = 1};

	*out = str_make(NULL, 0);
	return find_values(a, t->query, name, false, &one) ? RC_OK
							   : bad_value(name, err);
}

enum result
target_query_form(struct arena *a, const struct target *t, const char *name,
    struct str *out, struct err *err)
{
	struct target_values one = {.value = out, .limit = 1};

	*out = str_make(NULL, 0);
	return find_values(a, t->query, name, true, &one) ? RC_OK
							  : bad_value(name, err);
}
