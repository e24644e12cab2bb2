/* json.h: reading JSON that somebody else wrote.
 *
 * Strict RFC 8259: UTF-8 only, one value and blanks around it, no NUL byte, at
 * most JSON_DEPTH levels and JSON_VALUES values (a value costs up to a kilobyte, so a
 * limit on the length alone is not enough). The caller limits the length of the text.
 * json_slice.h reads texts that may have more values. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

#define JSON_DEPTH  64
#define JSON_VALUES 32768

/* A value; it belongs to the arena of the document. NULL is accepted by all
 * functions below; it is JSON's null too, and both are JSON_NONE: nothing there. */
struct json;

enum json_kind {
	JSON_NONE,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

/* False: text is no JSON, and *why (a constant) says in a word or two what is
 * wrong. */
bool json_parse(
    struct arena *a, struct str text, struct json **out, const char **why);

/* A list of any length, an element at a time: each is parsed, visited and forgotten.
 * *is_list is false where the text is JSON, but no list. visit returning false ends
 * it. False as of json_parse(). */
bool json_each(struct str text, bool (*visit)(void *arg, const struct json *item),
    void *arg, bool *is_list, const char **why);

/* Bytes of the longest element, which json_each() has in memory at once; all bytes if the
 * text is not a list. */
size_t json_longest(struct str text);

/* A parsed text takes so many times its bytes at the most: of an object without members three
 * become a kilobyte. */
#define JSON_TIMES 300

enum json_kind json_kind(const struct json *v);

/* The member, of two with one name the last; NULL when v is no object or has none
 * of that name. A name ends at its first \u0000. */
struct json *json_get(const struct json *v, const char *key);

/* The members of an object, in their order; none of anything else. visit returning false
 * ends it. */
void json_members(const struct json *v,
    bool (*visit)(void *arg, const char *key, const struct json *value), void *arg);

/* Elements of an array, 0 for anything else; the i-th, NULL past the end. */
size_t json_length(const struct json *v);
struct json *json_at(const struct json *v, size_t i);

/* The text of a string (may hold NUL); of anything else the empty str. */
struct str json_text(const struct json *v);

/* Is v `true`, and nothing that only looks so? */
bool json_is_true(const struct json *v);

/* False: v is no whole number that fits. */
bool json_int(const struct json *v, long long *out);

/* The value as JSON again, without blanks, in the arena. */
struct str json_print(struct arena *a, const struct json *v);

#endif
