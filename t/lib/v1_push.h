/* v1_push.h: whole images of API v1, pushed as docker 0.11 does: for tests that then look at them
 * through API v2. */
#ifndef LIB_V1_PUSH_H
#define LIB_V1_PUSH_H

#include "base/err.h"
#include "base/json.h"
#include "base/str.h"

/* json, layer and checksum; what came of it. */
enum result send_v1_image(const char *id, struct str json, struct str layer);

/* The same, and it must be taken, or be there already. */
void push_v1_image(const char *id, struct str json, struct str layer);

/* An image of the digit 64 times, with a child's or a base's json. parent may be NULL. */
const char *push_v1_layer(char digit, const char *parent, struct str layer);

/* name: "library/foo" */
void tag_v1(const char *name, const char *tag, const char *id);
void untag_v1(const char *name, const char *tag);
void hide_v1(const char *name); /* it becomes private */

/* The images of a vector (t/data/v1-*.json); the id of the top. */
const char *push_v1_vector(const struct json *vector);

#endif
