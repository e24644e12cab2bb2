/* routes.c: the table of contents of API v1. The name of a repository may have any number of
 * parts, so what comes after it names the resource: more special patterns come first.
 *
 * A repository may itself be called tags, images, json, auth or properties. In a path to
 * tags docker always writes the namespace: "acme/tags/images" are the images of
 * acme/tags, not a tag of library/acme. And if docker means a repository, it writes a
 * slash after the name: PUT "acme/images/" announces acme/images (docker-registry took
 * such a word for the resource only without that slash). */
#include "v1/routes.h"

#include "base/json.h"
#include "image/imagelist.h"
#include "image/v1config.h"
#include "images/layerfiles.h"
#include "images/repository.h"
#include "images/search.h"
#include "layer/tar.h"
#include "ops/service.h"
#include "v1/authenticate.h"
#include "v1/errors.h"
#include "v1/images.h"
#include "v1/index_api.h"
#include "v1/push.h"
#include "v1/repositories.h"
#include "v1/search.h"
#include "v1/tags.h"
#include "v1/users.h"
#include "v1/v1.h"

#define TEXT_MAX ((size_t)64 << 10) /* bytes: an account, an id */

#define IMAGE   "/v1/images/:image"
#define PRIVATE "/v1/private_images/:image"
#define REPO    "/v1/repositories/*name"
#define PAIR    REPO "{2}"
#define TAG     REPO "{2,}/tags/:tag"
#define SHORT   REPO "/tags/:tag"

#define OF_INDEX   .index_call = true
#define OWN_METHOD .own_method = true

/* The memory that a request may need (api/route.h). The json of an image is read in place,
 * not parsed. The memory for the longest element of an announcement is known after it was
 * read (images/repository.h). So what dockers send with a push reserves no memory, however
 * many push at once: old ones do not try again. Lists of files, differences and tarsums are
 * computed for few of the requests that ask for them, so these rows are `late`. */
#define MIB      ((size_t)1 << 20)
#define OF_JSON  .cost = {.per_byte = JSON_TIMES, .limit = 40 * MIB}
#define OF_IMAGE .cost = {.per_byte = 4, .limit = 16 * MIB}
#define OF_LIST  .cost = {.per_byte = REPOSITORY_TIMES, .limit = 40 * MIB}
#define OF_LAYER .cost = {.fixed = TAR_MEMORY, .limit = TAR_MEMORY, .late = true}
#define OF_SEARCH \
	.cost = {.fixed = SEARCH_MEMORY, .limit = SEARCH_MEMORY, .late = true}
#define OF_TAGS .cost = {.fixed = V1_TAGS_MAX, .limit = V1_TAGS_MAX, .late = true}
#define OF_IMAGES \
	.cost = {.fixed = IMAGELIST_MAX, .limit = IMAGELIST_MAX, .late = true}
#define OF_DIFF \
	.cost = {.fixed = LAYERFILES_DIFF_MEMORY, \
	    .limit = LAYERFILES_DIFF_MEMORY, \
	    .late = true}

static const struct route routes[] = {
    {"GET", IMAGE "/json", v1_get_image_json, .permission = MAY_PULL},
    {"PUT", IMAGE "/json", v1_put_image_json, .permission = MAY_PUSH,
	.body = BODY_SMALL, .limit = V1CONFIG_MAX, OF_IMAGE},
    {"GET", IMAGE "/layer", v1_get_layer, .permission = MAY_PULL},
    {"PUT", IMAGE "/layer", v1_put_layer, .permission = MAY_PUSH, .body = BODY_FILE,
	.check = v1_check_layer, OF_LAYER},
    {"PUT", IMAGE "/checksum", v1_put_checksum, .permission = MAY_PUSH, OF_LAYER},
    {"GET", IMAGE "/ancestry", v1_get_ancestry, .permission = MAY_PULL},
    {"GET", IMAGE "/files", v1_get_files, .permission = MAY_PULL, OF_LAYER},
    {"GET", IMAGE "/diff", v1_get_diff, .permission = MAY_PULL, OF_DIFF},
    {"GET", PRIVATE "/json", v1_get_private_json, .permission = MAY_PULL},
    {"GET", PRIVATE "/layer", v1_get_private_layer, .permission = MAY_PULL},
    {"GET", PRIVATE "/files", v1_get_private_files, .permission = MAY_PULL,
	OF_LAYER},

    {"GET", TAG "/json", v1_get_tag_json, .permission = MAY_PULL},
    {"GET", TAG, v1_get_tag, .permission = MAY_PULL},
    {"PUT", TAG, v1_put_tag, .permission = MAY_PUSH, .body = BODY_SMALL,
	.limit = TEXT_MAX, OF_JSON},
    {"DELETE", TAG, v1_delete_tag, .permission = MAY_DELETE},
    {"GET", SHORT "/json", v1_get_tag_json, .permission = MAY_PULL},
    {"PUT", PAIR "/", v1_put_repository, .permission = MAY_PUSH, .body = BODY_SMALL,
	.limit = IMAGELIST_BODY_MAX, OF_LIST, OF_INDEX, OWN_METHOD},
    {"DELETE", PAIR "/", v1_delete_repository, .permission = MAY_DELETE,
	OWN_METHOD},
    {"GET", REPO "/tags", v1_get_tags, .permission = MAY_PULL, OF_TAGS},
    {"DELETE", REPO "/tags", v1_delete_repository, .permission = MAY_DELETE},
    {"GET", REPO "/images", v1_get_images, .permission = MAY_PULL, OF_IMAGES,
	OF_INDEX},
    {"PUT", REPO "/images", v1_put_images, .permission = MAY_PUSH,
	.body = BODY_SMALL, .limit = IMAGELIST_BODY_MAX, OF_LIST, OF_INDEX},
    {"DELETE", REPO "/images", v1_delete_images, .permission = MAY_DELETE,
	OF_INDEX},
    {"PUT", REPO "/auth", v1_put_auth, .permission = MAY_ANYTHING, OF_INDEX},
    {"GET", REPO "/json", v1_get_repository_json, .permission = MAY_PULL},
    {"GET", REPO "/properties", v1_get_properties, .permission = MAY_PULL},
    {"PUT", REPO "/properties", v1_put_properties, .permission = MAY_PUSH,
	.body = BODY_SMALL, .limit = TEXT_MAX, OF_JSON},
    {"GET", SHORT, v1_get_tag, .permission = MAY_PULL},
    {"PUT", SHORT, v1_put_tag, .permission = MAY_PUSH, .body = BODY_SMALL,
	.limit = TEXT_MAX, OF_JSON},
    {"DELETE", SHORT, v1_delete_tag, .permission = MAY_DELETE},
    {"PUT", REPO, v1_put_repository, .permission = MAY_PUSH, .body = BODY_SMALL,
	.limit = IMAGELIST_BODY_MAX, OF_LIST, OF_INDEX},
    {"DELETE", REPO, v1_delete_repository, .permission = MAY_DELETE},

    {"GET", "/v1/search", v1_get_search, .permission = MAY_PULL, OF_SEARCH,
	OF_INDEX},
    {"GET", "/v1/users", v1_get_users, .permission = MAY_ANYTHING, OF_INDEX},
    {"POST", "/v1/users", v1_post_users, .permission = MAY_ANYTHING,
	.body = BODY_SMALL, .limit = TEXT_MAX, OF_JSON, OF_INDEX},
    {"PUT", "/v1/users/:user", v1_put_user, .permission = MAY_ANYTHING, OF_INDEX},

    {"GET", "/v1/_ping", ops_get_ping, .permission = MAY_ANYTHING},
    {"GET", "/v1/_status", ops_get_status, .permission = MAY_ANYTHING},
};

const struct api v1_api = {
    .first = "v1",
    .routes = routes,
    .n_routes = sizeof(routes) / sizeof(routes[0]),
    .headers = v1_headers,
    .authenticate = v1_authenticate,
    .read_name = v1_read_name,
    .may_see = v1_may_see,
    .fail = v1_fail,
};
