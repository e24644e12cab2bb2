/* json.h: parsing JSON from clients and other programs.
 *
 * Strict RFC 8259: UTF-8 only, one value with only blanks around it, no NUL byte. At most
 * JSON_DEPTH levels and JSON_VALUES values: a value takes up to a kilobyte of memory, so
 * that a limit on the length alone is not enough. The caller limits the length of the text.
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

/* A value; it belongs to the arena of the document. All functions below accept NULL. NULL
 * stands for a missing value and for JSON's null; the kind of both is JSON_NONE. */
struct json;

enum json_kind {
	JSON_NONE,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

/* False: the text is not JSON, or above a limit; *why (a constant) says in a few words what
 * is wrong. */
bool json_parse(
    struct arena *a, struct str text, struct json **out, const char **why);

/* Visits the elements of a list of any length. Each is parsed when its turn comes and freed
 * after the visit. *is_list is false if the text is JSON, but not a list. If visit returns
 * false, the rest is skipped. False: as with json_parse(). */
bool json_each(struct str text, bool (*visit)(void *arg, const struct json *item),
    void *arg, bool *is_list, const char **why);

/* Bytes of the longest element of a list: json_each() has only one in memory. If the text
 * is not a list, all its bytes. */
size_t json_longest(struct str text);

/* The memory of a parsed text, at most, as a multiple of its bytes: an empty object has three
 * bytes with its comma and takes nearly a kilobyte. */
#define JSON_TIMES 300

enum json_kind json_kind(const struct json *v);

/* The member with this name; if there are several, the last. NULL: v is not an object, or has
 * no such member. A name ends at its first \u0000. */
struct json *json_get(const struct json *v, const char *key);

/* Visits the members of an object in their order; of any other value nothing. If visit
 * returns false, the rest is skipped. */
void json_members(const struct json *v,
    bool (*visit)(void *arg, const char *key, const struct json *value), void *arg);

/* The number of elements of an array, 0 for any other value; the i-th element, NULL after
 * the end. */
size_t json_length(const struct json *v);
struct json *json_at(const struct json *v, size_t i);

/* The text of a string, which may contain NUL; for any other value the empty str. */
struct str json_text(const struct json *v);

/* Is v the value `true`? A string "true" is not. */
bool json_is_true(const struct json *v);

/* False: v is not a whole number, or not between INT64_MIN and INT64_MAX, both excluded. */
bool json_int(const struct json *v, long long *out);

/* Writes the value as JSON without blanks, in the arena. */
struct str json_print(struct arena *a, const struct json *v);

#endif
