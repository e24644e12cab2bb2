/* routes.c: the table of contents of API v1. A repository's name may have any
 * number of parts, so what stands behind it tells the resource: more special
 * patterns first. */
#include "v1/routes.h"

#include "image/v1_images.h"
#include "image/v1_json.h"
#include "v1/errors.h"
#include "v1/images.h"
#include "v1/index.h"
#include "v1/search.h"
#include "v1/service.h"
#include "v1/tags.h"
#include "v1/users.h"
#include "v1/v1.h"

#define NOTE_MAX ((size_t)64 << 10) /* bytes: an account, an id */

#define REPO "/v1/repositories/*name"
#define TAG  REPO "/tags/:tag"

static const struct route routes[] = {
    {"GET", "/v1/images/:image/json", v1_get_image_json, MAY_PULL, BODY_NONE},
    {"PUT", "/v1/images/:image/json", v1_put_image_json, MAY_PUSH, BODY_SMALL,
	V1_JSON_MAX},
    {"GET", "/v1/images/:image/layer", v1_get_layer, MAY_PULL, BODY_NONE},
    {"PUT", "/v1/images/:image/layer", v1_put_layer, MAY_PUSH, BODY_FILE, 0,
	v1_check_layer},
    {"GET", "/v1/images/:image/ancestry", v1_get_ancestry, MAY_PULL, BODY_NONE},
    {"PUT", "/v1/images/:image/checksum", v1_put_checksum, MAY_PUSH, BODY_NONE},

    {"GET", TAG "/json", v1_get_tag_json, MAY_PULL, BODY_NONE},
    {"GET", TAG, v1_get_tag, MAY_PULL, BODY_NONE},
    {"PUT", TAG, v1_put_tag, MAY_PUSH, BODY_SMALL, NOTE_MAX},
    {"DELETE", TAG, v1_delete_tag, MAY_DELETE, BODY_NONE},
    {"GET", REPO "/tags", v1_get_tags, MAY_PULL, BODY_NONE},
    {"DELETE", REPO "/tags", v1_delete_repository, MAY_DELETE, BODY_NONE},
    {"GET", REPO "/images", v1_get_images, MAY_PULL, BODY_NONE},
    {"PUT", REPO "/images", v1_put_images, MAY_PUSH, BODY_SMALL,
	V1_IMAGES_BODY_MAX},
    {"DELETE", REPO "/images", v1_delete_images, MAY_DELETE, BODY_NONE},
    {"PUT", REPO "/auth", v1_put_auth, MAY_ANYTHING, BODY_NONE},
    {"GET", REPO "/json", v1_get_repository_json, MAY_PULL, BODY_NONE},
    {"PUT", REPO, v1_put_repository, MAY_PUSH, BODY_SMALL, V1_IMAGES_BODY_MAX},
    {"DELETE", REPO, v1_delete_repository, MAY_DELETE, BODY_NONE},

    {"GET", "/v1/search", v1_get_search, MAY_PULL, BODY_NONE},
    {"GET", "/v1/users", v1_get_users, MAY_ANYTHING, BODY_NONE},
    {"POST", "/v1/users", v1_post_users, MAY_ANYTHING, BODY_SMALL, NOTE_MAX},
    {"PUT", "/v1/users/:name", v1_put_user, MAY_ANYTHING, BODY_NONE},

    {"GET", "/v1/_ping", v1_get_ping, MAY_ANYTHING, BODY_NONE},
    {"GET", "/_ping", v1_get_ping, MAY_ANYTHING, BODY_NONE},
    {"GET", "/", v1_get_root, MAY_ANYTHING, BODY_NONE},
};

const struct api v1_api = {
    NULL, routes, sizeof(routes) / sizeof(routes[0]), v1_headers, v1_fail};
