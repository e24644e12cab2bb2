/* json_items.h: the elements of a JSON list that is read a piece at a time: of a file of
 * any length, in bounded memory. */
#ifndef BASE_JSON_ITEMS_H
#define BASE_JSON_ITEMS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/str.h"

#define JSON_ITEM_MAX ((size_t)1 << 20) /* bytes of an element */

struct json_items;

/* read writes bytes to p and returns how many, 0 at the end, -1 when it failed. The arena
 * keeps as much as two of the longest elements. */
struct json_items *json_items_new(
    struct arena *a, ssize_t (*read)(void *arg, void *p, size_t n), void *arg);

/* The text of the next element with the blanks around it, valid until the next call. It is cut out by its quotes and
 * brackets alone: whether it is well-formed, json_parse() says. False: there is none, and
 * *why is NULL if the list is over and nothing follows it, or says what is wrong (a
 * constant): no list, one that does not end, an element above JSON_ITEM_MAX. */
bool json_items_next(struct json_items *it, struct str *out, const char **why);

#endif
