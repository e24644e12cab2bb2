/* json.c: json.h with the library json-c.
 *
 * json-c's strict mode accepts some texts that are not JSON: control characters in strings,
 * numbers such as 01 or 1., NaN and single quotes. check_strictness() finds them in a second
 * pass over a text that json-c has accepted. Before parsing, is_too_wide() counts the signs
 * that begin values, because json-c would allocate all values before they can be counted. */
#include "base/json.h"

#include <ctype.h>
#include <json-c/json.h>
#include <limits.h>
#include <string.h>

/* A struct json * is json-c's own pointer: no value is copied. */
static json_object *
as_object(const struct json *v)
{
	return (json_object *)(uintptr_t)v;
}

static void
put_object(void *arg)
{
	(void)json_object_put(arg);
}

static bool
only_blanks(struct str rest)
{
	size_t i;

	for (i = 0; i < rest.n; i++)
		if (strchr(" \t\r\n", rest.p[i]) == NULL)
			return false;
	return true;
}

/* p is after the opening quote of a string. Returns the place after its closing quote; NULL:
 * the string contains a control character. */
static const char *
skip_string(const char *p)
{
	for (; *p != '"'; p++) {
		if ((unsigned char)*p < ' ')
			return NULL;
		if (*p == '\\')
			p++;
	}
	return p + 1;
}

/* Returns the place after a number; NULL: it is not a number of RFC 8259. Its exponent was
 * checked by json-c. */
static const char *
skip_number(const char *p)
{
	static const char digits[] = "0123456789";
	const char *whole = *p == '-' ? p + 1 : p;
	size_t n = strspn(whole, digits);

	if (n == 0 || (n > 1 && *whole == '0'))
		return NULL;
	p = whole + n;
	if (*p == '.' && strspn(p + 1, digits) == 0)
		return NULL;
	return p + strspn(p, ".0123456789eE+-");
}

/* Why a text that json-c accepted in strict mode is not JSON; NULL: it is. */
static const char *
check_strictness(const char *p)
{
	while (*p != '\0') {
		if (*p == '"') {
			if ((p = skip_string(p + 1)) == NULL)
				return "control character in a string";
		} else if (*p == '-' || isdigit((unsigned char)*p)) {
			if ((p = skip_number(p)) == NULL)
				return "malformed number";
		} else if (strchr("NI'", *p++) != NULL) {
			return "unexpected character";
		}
	}
	return NULL;
}

/* A value, or a member with its value, comes after a comma or an opening bracket, except the
 * first: so there are at most as many as these signs, plus one. */
static bool
is_too_wide(struct str s)
{
	bool in_text = false;
	size_t i, n = 0;

	for (i = 0; i < s.n; i++) {
		if (in_text && s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"')
			in_text = !in_text;
		else if (!in_text &&
			 (s.p[i] == ',' || s.p[i] == '[' || s.p[i] == '{'))
			n++;
	}
	return n > JSON_VALUES;
}

bool
json_parse(struct arena *a, struct str text, struct json **out, const char **why)
{
	struct json_tokener *tok;
	json_object *root = NULL;
	char *copy; /* ends in NUL */
	bool ok = false;
	size_t end;

	*why = "not UTF-8";
	if (text.n > INT_MAX - 1 || !str_is_utf8(text) || str_has(text, '\0'))
		return false;
	*why = "too many values";
	if (is_too_wide(text))
		return false;
	tok = json_tokener_new_ex(JSON_DEPTH);
	*why = "out of memory";
	if (tok == NULL)
		return false;
	json_tokener_set_flags(
	    tok, JSON_TOKENER_STRICT | JSON_TOKENER_ALLOW_TRAILING_CHARS);
	/* json-c waits for more digits of a number at the very end, so the NUL after the text
	 * is passed too: json-c takes it for the end. */
	copy = str_dup(a, text);
	root = json_tokener_parse_ex(tok, copy, (int)text.n + 1);
	*why = json_tokener_error_desc(json_tokener_get_error(tok));
	if (json_tokener_get_error(tok) != json_tokener_success)
		goto out;
	end = json_tokener_get_parse_end(tok);
	*why = "something follows the value";
	if (end < text.n && !only_blanks(str_make(text.p + end, text.n - end)))
		goto out;
	*why = check_strictness(copy);
	if (*why != NULL)
		goto out;
	*out = (struct json *)root;
	ok = true;
out:
	if (ok)
		arena_defer(a, put_object, root);
	else
		(void)json_object_put(root);
	json_tokener_free(tok);
	return ok;
}

enum json_kind
json_kind(const struct json *v)
{
	switch (json_object_get_type(as_object(v))) {
	case json_type_boolean:
		return JSON_BOOL;
	case json_type_double:
	case json_type_int:
		return JSON_NUMBER;
	case json_type_string:
		return JSON_STRING;
	case json_type_array:
		return JSON_ARRAY;
	case json_type_object:
		return JSON_OBJECT;
	default:
		return JSON_NONE;
	}
}

struct json *
json_get(const struct json *v, const char *key)
{
	json_object *member = NULL;

	if (json_kind(v) != JSON_OBJECT ||
	    !json_object_object_get_ex(as_object(v), key, &member))
		return NULL;
	return (struct json *)member;
}

void
json_members(const struct json *v,
    bool (*visit)(void *arg, const char *key, const struct json *value), void *arg)
{
	struct json_object_iterator i, end;

	if (json_kind(v) != JSON_OBJECT)
		return;
	i = json_object_iter_begin(as_object(v));
	end = json_object_iter_end(as_object(v));
	for (; !json_object_iter_equal(&i, &end); json_object_iter_next(&i))
		if (!visit(arg, json_object_iter_peek_name(&i),
			(const struct json *)json_object_iter_peek_value(&i)))
			return;
}

size_t
json_length(const struct json *v)
{
	return json_kind(v) == JSON_ARRAY ? json_object_array_length(as_object(v))
					  : 0;
}

struct json *
json_at(const struct json *v, size_t i)
{
	if (i >= json_length(v))
		return NULL;
	return (struct json *)json_object_array_get_idx(as_object(v), i);
}

struct str
json_text(const struct json *v)
{
	json_object *o = as_object(v);

	if (json_kind(v) != JSON_STRING)
		return str_of(NULL);
	return str_make(
	    json_object_get_string(o), (size_t)json_object_get_string_len(o));
}

bool
json_is_true(const struct json *v)
{
	return json_kind(v) == JSON_BOOL && json_object_get_boolean(as_object(v));
}

/* json-c replaces a number that does not fit by the nearest that does, so the two limits
 * cannot be trusted. */
bool
json_int(const struct json *v, long long *out)
{
	if (json_object_get_type(as_object(v)) != json_type_int)
		return false;
	*out = json_object_get_int64(as_object(v));
	return *out != INT64_MAX && *out != INT64_MIN;
}

struct str
json_print(struct arena *a, const struct json *v)
{
	size_t n;
	const char *text = json_object_to_json_string_length(as_object(v),
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &n);

	return str_make(arena_strndup(a, text, n), n);
}
