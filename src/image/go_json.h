/* go_json.h: JSON as programs in Go write it, docker and distribution among them (Go's
 * encoding/json). Digests and ids are made of such texts, so each byte counts:
 *
 *	- no blanks; the members of a map are sorted, those of a struct are not
 *	- < > & and U+2028, U+2029 are written as \u003c ..., also in values that are copied
 *	- other control characters than \n \r \t are written as \u0008 ... (before Go 1.22) */
#ifndef IMAGE_GO_JSON_H
#define IMAGE_GO_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/rfc3339.h"
#include "base/str.h"

/* A string. Bytes that are not UTF-8 become \ufffd. */
void go_json_string(struct buf *b, struct str text);

/* A value that is JSON already, as a json.RawMessage: without blanks, with these escapes. */
void go_json_raw(struct buf *b, struct str value);

/* A member of a map that is set: its JSON; empty: the member is removed. */
struct go_json_change {
	const char *name;
	struct str value;
};

/* Writes the JSON object v as a map[string]json.RawMessage in which some members are set or
 * removed. v was checked (json_slice_check()); the changes are sorted by name. False: v has
 * more than JSON_SORTED_MAX members. */
bool go_json_map(struct arena *a, struct buf *b, struct str v,
    const struct go_json_change *changes, size_t n);

/* What Go makes of a time: at most nine digits after the point, without zeros at the end, and
 * Z for +00:00; with quotes. */
struct str go_json_time(struct arena *a, const struct rfc3339 *t);

/* time.Time without a value, with quotes. */
#define GO_JSON_NO_TIME "\"0001-01-01T00:00:00Z\""

#endif
