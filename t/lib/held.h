/* held.h: guards for the calls of the store that want one, and those calls with a guard that
 * is taken and released around each. */
#ifndef LIB_HELD_H
#define LIB_HELD_H

#include "lib/store.h"
#include "lib/v1_image.h"
#include "store/guard.h"
#include "store/v1push.h"

/* Waits for it; ends the test if it cannot be taken. The test releases it. */
struct guard hold(enum guard_kind kind, const char *key);

enum result held_push_begin(const char *id, const struct store_v1push_begin *what);
enum result held_push_list(const char *id, struct store_v1pushes *out);
enum result held_push_wait(
    const char *id, struct stage *sg, const struct store_v1pushes *begun);
enum result held_push_confirm(const char *id, const char *payload);

/* store_v1image_put() of an image, with this layer. */
enum result held_image_put(const struct image *im, struct stage *layer);

#endif
