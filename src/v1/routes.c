/* routes.c: the table of contents of API v1. A repository's name may have any number of
 * parts, so what follows it names the resource: more special patterns come first.
 *
 * A repository may itself be called tags, images, json, auth or properties. In a path to
 * tags docker always writes the namespace: "acme/tags/images" are the images of
 * acme/tags, not a tag of library/acme. And where docker means a repository, it writes a
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
#include "v1/admit.h"
#include "v1/errors.h"
#include "v1/images.h"
#include "v1/index.h"
#include "v1/push.h"
#include "v1/repositories.h"
#include "v1/search.h"
#include "v1/service.h"
#include "v1/tags.h"
#include "v1/users.h"
#include "v1/v1.h"

#define NOTE_MAX ((size_t)64 << 10) /* bytes: an account, an id */

#define IMAGE   "/v1/images/:image"
#define PRIVATE "/v1/private_images/:image"
#define REPO    "/v1/repositories/*name"
#define PAIR    REPO "{2}"
#define TAG     REPO "{2,}/tags/:tag"
#define SHORT   REPO "/tags/:tag"

#define OF_INDEX   .of_index = true
#define OWN_METHOD .own_method = true

/* What a request may need (http/route.h). The json of an image is read in place, not parsed.
 * What an announcement needs for its longest element is known after it was read
 * (images/repository.h). So what dockers send with a push takes no seat, however many push
 * at once: old ones do not ask again. Lists of files, differences and tarsums are computed
 * for few of the requests that ask for them, so these rows are `late`. */
#define MIB      ((size_t)1 << 20)
#define OF_JSON  .cost = {0, JSON_TIMES, 40 * MIB}
#define OF_IMAGE .cost = {0, 4, 16 * MIB}
#define OF_LIST  .cost = {0, REPOSITORY_TIMES, 40 * MIB}
#define OF_LAYER .cost = {.least = TAR_MEMORY, .most = TAR_MEMORY, .late = true}
#define OF_SEARCH \
	.cost = {.least = SEARCH_MEMORY, .most = SEARCH_MEMORY, .late = true}
#define OF_TAGS .cost = {.least = V1_TAGS_MAX, .most = V1_TAGS_MAX, .late = true}
#define OF_IMAGES \
	.cost = {.least = IMAGELIST_MAX, .most = IMAGELIST_MAX, .late = true}
#define OF_DIFF \
	.cost = {.least = LAYERFILES_DIFF_MEMORY, \
	    .most = LAYERFILES_DIFF_MEMORY, \
	    .late = true}

static const struct route routes[] = {
    {"GET", IMAGE "/json", v1_get_image_json, MAY_PULL, BODY_NONE},
    {"PUT", IMAGE "/json", v1_put_image_json, MAY_PUSH, BODY_SMALL, V1CONFIG_MAX,
	OF_IMAGE},
    {"GET", IMAGE "/layer", v1_get_layer, MAY_PULL, BODY_NONE},
    {"PUT", IMAGE "/layer", v1_put_layer, MAY_PUSH, BODY_FILE, 0, v1_check_layer,
	OF_LAYER},
    {"PUT", IMAGE "/checksum", v1_put_checksum, MAY_PUSH, BODY_NONE, OF_LAYER},
    {"GET", IMAGE "/ancestry", v1_get_ancestry, MAY_PULL, BODY_NONE},
    {"GET", IMAGE "/files", v1_get_files, MAY_PULL, BODY_NONE, OF_LAYER},
    {"GET", IMAGE "/diff", v1_get_diff, MAY_PULL, BODY_NONE, OF_DIFF},
    {"GET", PRIVATE "/json", v1_get_private_json, MAY_PULL, BODY_NONE},
    {"GET", PRIVATE "/layer", v1_get_private_layer, MAY_PULL, BODY_NONE},
    {"GET", PRIVATE "/files", v1_get_private_files, MAY_PULL, BODY_NONE, OF_LAYER},

    {"GET", TAG "/json", v1_get_tag_json, MAY_PULL, BODY_NONE},
    {"GET", TAG, v1_get_tag, MAY_PULL, BODY_NONE},
    {"PUT", TAG, v1_put_tag, MAY_PUSH, BODY_SMALL, NOTE_MAX, OF_JSON},
    {"DELETE", TAG, v1_delete_tag, MAY_DELETE, BODY_NONE},
    {"GET", SHORT "/json", v1_get_tag_json, MAY_PULL, BODY_NONE},
    {"PUT", PAIR "/", v1_put_repository, MAY_PUSH, BODY_SMALL, IMAGELIST_BODY_MAX,
	OF_LIST, OF_INDEX, OWN_METHOD},
    {"DELETE", PAIR "/", v1_delete_repository, MAY_DELETE, BODY_NONE, OWN_METHOD},
    {"GET", REPO "/tags", v1_get_tags, MAY_PULL, BODY_NONE, OF_TAGS},
    {"DELETE", REPO "/tags", v1_delete_repository, MAY_DELETE, BODY_NONE},
    {"GET", REPO "/images", v1_get_images, MAY_PULL, BODY_NONE, OF_IMAGES,
	OF_INDEX},
    {"PUT", REPO "/images", v1_put_images, MAY_PUSH, BODY_SMALL, IMAGELIST_BODY_MAX,
	OF_LIST, OF_INDEX},
    {"DELETE", REPO "/images", v1_delete_images, MAY_DELETE, BODY_NONE, OF_INDEX},
    {"PUT", REPO "/auth", v1_put_auth, MAY_ANYTHING, BODY_NONE, OF_INDEX},
    {"GET", REPO "/json", v1_get_repository_json, MAY_PULL, BODY_NONE},
    {"GET", REPO "/properties", v1_get_properties, MAY_PULL, BODY_NONE},
    {"PUT", REPO "/properties", v1_put_properties, MAY_PUSH, BODY_SMALL, NOTE_MAX,
	OF_JSON},
    {"GET", SHORT, v1_get_tag, MAY_PULL, BODY_NONE},
    {"PUT", SHORT, v1_put_tag, MAY_PUSH, BODY_SMALL, NOTE_MAX, OF_JSON},
    {"DELETE", SHORT, v1_delete_tag, MAY_DELETE, BODY_NONE},
    {"PUT", REPO, v1_put_repository, MAY_PUSH, BODY_SMALL, IMAGELIST_BODY_MAX,
	OF_LIST, OF_INDEX},
    {"DELETE", REPO, v1_delete_repository, MAY_DELETE, BODY_NONE},

    {"GET", "/v1/search", v1_get_search, MAY_PULL, BODY_NONE, OF_SEARCH, OF_INDEX},
    {"GET", "/v1/users", v1_get_users, MAY_ANYTHING, BODY_NONE, OF_INDEX},
    {"POST", "/v1/users", v1_post_users, MAY_ANYTHING, BODY_SMALL, NOTE_MAX,
	OF_JSON, OF_INDEX},
    {"PUT", "/v1/users/:name", v1_put_user, MAY_ANYTHING, BODY_NONE, OF_INDEX},

    {"GET", "/v1/_ping", v1_get_ping, MAY_ANYTHING, BODY_NONE},
    {"GET", "/_ping", v1_get_ping, MAY_ANYTHING, BODY_NONE},
    {"GET", "/v1/_status", v1_get_status, MAY_ANYTHING, BODY_NONE},
    {"GET", "/_status", v1_get_status, MAY_ANYTHING, BODY_NONE},
    {"GET", "/", v1_get_root, MAY_ANYTHING, BODY_NONE},
};

const struct api v1_api = {NULL, routes, sizeof(routes) / sizeof(routes[0]), NULL,
    v1_headers, v1_admit, v1_fail};
