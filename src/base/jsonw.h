/* jsonw.h: writing JSON to a sink, value by value, without keeping it in memory.
 *
 *	jsonw_init(&w, buf_sink(&b));
 *	jsonw_object(&w);
 *	jsonw_key(&w, "error");
 *	jsonw_text(&w, "Tag not found");
 *	jsonw_end(&w);				-> {"error": "Tag not found"}
 *
 * Commas and colons are followed by a blank, as Python's json.dumps writes them, because the
 * files of docker-registry 0.x have this format. */
#ifndef BASE_JSONW_H
#define BASE_JSONW_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

#define JSONW_DEPTH 16

struct jsonw {
	struct sink sink;
	bool stopped;   /* the sink refused a write */
	bool after_key; /* the next value belongs to a key */
	unsigned depth;
	struct {
		char close;  /* the closing bracket */
		bool filled; /* it has a value: a comma comes before the next */
	} level[JSONW_DEPTH];
};

void jsonw_init(struct jsonw *w, struct sink sink);
void jsonw_object(struct jsonw *w);
void jsonw_array(struct jsonw *w);
void jsonw_end(struct jsonw *w); /* of the innermost object or array */
void jsonw_key(struct jsonw *w, const char *key);
void jsonw_key_str(struct jsonw *w, struct str key);
void jsonw_text(struct jsonw *w, const char *s);

/* Bytes that are not UTF-8 become U+FFFD. */
void jsonw_str(struct jsonw *w, struct str s);
void jsonw_int(struct jsonw *w, long long v);
void jsonw_bool(struct jsonw *w, bool v);
void jsonw_null(struct jsonw *w);

/* Writes a value that is JSON already. */
void jsonw_json(struct jsonw *w, struct str json);

#endif
