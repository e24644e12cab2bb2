/* tags.h: the tags of a repository, and what is known of their pushes. Private to
 * this room. */
#ifndef V1_TAGS_H
#define V1_TAGS_H

#include <stddef.h>

#include "api/route.h"

#define V1_TAGS_MAX ((size_t)16 << 20) /* bytes of a list: some 150,000 tags */

handler_fn v1_get_tags;
handler_fn v1_get_tag;
handler_fn v1_put_tag;
handler_fn v1_delete_tag;
handler_fn v1_get_tag_json;

#endif
