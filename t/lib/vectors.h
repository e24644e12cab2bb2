/* vectors.h: images with what must become of them, in files of t/data. */
#ifndef LIB_VECTORS_H
#define LIB_VECTORS_H

#include "base/json.h"
#include "base/str.h"

/* The file t/data/NAME; ends the test if it cannot be read. It lives in the arena. */
const struct json *vectors_read(const char *name);

/* The text of a member, as a C string. */
const char *vector_text(const struct json *v, const char *key);

/* The bytes of a member that holds base64. */
struct str vector_bytes(const struct json *v, const char *key);

#endif
