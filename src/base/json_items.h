/* json_items.h: the elements of a JSON list that is read in pieces, so that a file of any
 * length takes limited memory. */
#ifndef BASE_JSON_ITEMS_H
#define BASE_JSON_ITEMS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/str.h"

#define JSON_ITEM_MAX ((size_t)1 << 20) /* bytes of an element */

struct json_items;

/* read(arg, p, n) writes up to n bytes to p and returns their number, 0 at the end, -1 if it
 * failed. The memory used is at most twice the longest element. */
struct json_items *json_items_new(
    struct arena *a, ssize_t (*read)(void *arg, void *p, size_t n), void *arg);

/* The text of the next element, with the blanks around it, valid until the next call. Its end
 * is found by quotes and brackets only; json_parse() decides whether it is JSON. False: there
 * is no further element. Then *why is NULL if the list has ended and nothing follows it;
 * otherwise it says what is wrong (a constant): it is not a list, it does not end, an element
 * is longer than JSON_ITEM_MAX. */
bool json_items_next(struct json_items *it, struct str *out, const char **why);

/* The bytes of the element at the beginning of s, up to the comma or bracket that ends it.
 * s.n: it does not end in s. Also used by json_each(). */
size_t json_item_length(struct str s);

#endif
