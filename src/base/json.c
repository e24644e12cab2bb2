/* json.c: json-c behind json.h. */
#include "base/json.h"

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

bool
json_parse(struct arena *a, struct str text, struct json **out, const char **why)
{
	struct json_tokener *tok;
	json_object *root = NULL;
	bool ok = false;
	size_t end;

	*why = "not UTF-8";
	if (text.n > INT_MAX - 1 || !str_is_utf8(text) || str_has(text, '\0'))
		return false;
	tok = json_tokener_new_ex(JSON_DEPTH);
	*why = "out of memory";
	if (tok == NULL)
		return false;
	json_tokener_set_flags(
	    tok, JSON_TOKENER_STRICT | JSON_TOKENER_ALLOW_TRAILING_CHARS);
	/* A number at the very end is complete only when something follows it:
	 * the NUL behind the text, which json-c takes for the end. */
	root = json_tokener_parse_ex(
	    tok, arena_strndup(a, text.p, text.n), (int)text.n + 1);
	*why = json_tokener_error_desc(json_tokener_get_error(tok));
	if (json_tokener_get_error(tok) != json_tokener_success)
		goto out;
	end = json_tokener_get_parse_end(tok);
	*why = "something follows the value";
	if (end < text.n && !only_blanks(str_make(text.p + end, text.n - end)))
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

bool
json_is_empty(const struct json *v)
{
	return json_kind(v) == JSON_OBJECT &&
	       json_object_object_length(as_object(v)) == 0;
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
