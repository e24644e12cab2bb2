/* json_slice.h: reading JSON in place, whatever its shape.
 *
 * json_parse() makes a tree, which can be a hundred times as large as the text. Here a value
 * is a slice of the text, and nothing is allocated: a document of any number of values needs
 * no more memory than its text.
 *
 *	if (!json_slice_check(text, &root, &fault))
 *		... fault.why, fault.at
 *	json_slice_pick(root, (struct json_pick[]){{"layers", &layers}}, 1);
 *	walk = json_slice_walk(layers);
 *	while (json_slice_next(&walk))
 *		... walk.value
 *
 * All functions accept any bytes and never read beyond them. In a text that
 * json_slice_check() has not checked, what they find is arbitrary.
 *
 * The empty slice stands for a missing member. Its kind is JSON_NONE, which is also the kind
 * of null. */
#ifndef BASE_JSON_SLICE_H
#define BASE_JSON_SLICE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"

struct json_fault {
	const char *why; /* a constant: "unexpected character" */
	size_t at;       /* the byte of the text where it was found, from 0 */
};

/* Is the text one JSON value of RFC 8259? Strict: UTF-8 without a byte order mark,
 * only blanks around the value, at most JSON_DEPTH lists and objects inside each
 * other. *root is the value without the blanks around it. False: *fault is filled in. */
bool json_slice_check(struct str text, struct str *root, struct json_fault *fault);

/* The text without the blanks around it; the root of json_slice_check(). */
struct str json_slice_trim(struct str text);

/* The kind of a value, by its first character. */
enum json_kind json_slice_kind(struct str v);

/* The name of a wanted member, and where its value is stored. */
struct json_pick {
	const char *key;
	struct str *value;
};

/* Reads the members of the object v in one pass. If a name is there several times, the last
 * member counts. A missing member becomes the empty slice. False: v is not exactly one
 * object, from its first brace to its last; then all are empty. */
bool json_slice_pick(struct str v, const struct json_pick *wanted, size_t n);

/* The value of one member, by the same rules. */
struct str json_slice_get(struct str v, const char *key);

/* The elements of a list or the members of an object, in their order; any other value has
 * none. */
struct json_walk {
	/* of a member: the bytes between the quotes, with escapes */
	struct str key;
	struct str value;
	struct str rest;          /* after the value */
	bool in_object, complete; /* complete: the last bracket was reached */
};

struct json_walk json_slice_walk(struct str v);
bool json_slice_next(struct json_walk *walk);

/* The number of elements or members. */
size_t json_slice_count(struct str v);

/* The text of a string, which may contain NUL: a part of v, or in the arena if v has escapes.
 * A surrogate without its other half becomes U+FFFD. For any other value the empty str. */
struct str json_slice_text(struct arena *a, struct str v);

/* False: v is not a whole number between LLONG_MIN and LLONG_MAX, both excluded. */
bool json_slice_int(struct str v, long long *out);

#endif
