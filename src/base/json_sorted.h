/* json_sorted.h: the members of a JSON object in the order of their names. */
#ifndef BASE_JSON_SORTED_H
#define BASE_JSON_SORTED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"

#define JSON_SORTED_MAX 32768 /* members: a megabyte in the arena */

struct json_member {
	struct str name;  /* without quotes and escapes */
	struct str value; /* a slice of JSON */
};

struct json_sorted {
	struct json_member *members;
	size_t n;
};

/* Sorts by the bytes of the names; of several members of one name only the last is kept. v is
 * a slice of JSON that json_slice_check() has checked; what is not an object has no members.
 * Everything points into v, or into the arena where a name has escapes. False: v has more
 * than JSON_SORTED_MAX members. */
bool json_sorted(struct arena *a, struct str v, struct json_sorted *out);

#endif
