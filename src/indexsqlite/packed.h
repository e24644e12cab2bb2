/* packed.h: ids and digests as columns hold them: in half of the bytes. There are many (an image
 * has one for each layer), and each stands in a table and in its index. Private to this room. */
#ifndef INDEXSQLITE_PACKED_H
#define INDEXSQLITE_PACKED_H

#include "indexsqlite/db.h"

#define PACKED_TEXT_MAX \
	136 /* bytes of the text of what is packed: "sha512:" and 128 digits */

/* Binds the text, packed if it is one of those. Equal texts are equal then. Those that are packed
 * keep their order, after all others. */
void packed_bind(sqlite3_stmt *stmt, const char *parameter, struct str text);

/* Text of a column that was bound so, until the next step, or until `room` is used again. */
struct str packed_text(sqlite3_stmt *stmt, int column, char room[PACKED_TEXT_MAX]);

#endif
