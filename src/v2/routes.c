/* routes.c: the table of contents of API v2. The name of a repository may have any number of
 * parts, so what comes after it names the resource: more special patterns come first. The
 * numbers are those of the specification's table, "Endpoints". */
#include "v2/routes.h"

#include "image/manifest.h"
#include "v2/blobs.h"
#include "v2/clients.h"
#include "v2/errors.h"
#include "v2/lists.h"
#include "v2/manifests.h"
#include "v2/referrers.h"
#include "v2/uploads.h"
#include "v2/v2.h"
#include "v2/version_check.h"

#define REPO     "/v2/*name"
#define UPLOADS  REPO "/blobs/uploads"
#define UPLOAD   UPLOADS "/:upload"
#define BLOB     REPO "/blobs/:digest"
#define MANIFEST REPO "/manifests/:reference"

/* The memory that a request may need (api/route.h): for a manifest its text and what is read
 * from it, for a list as many names as the client asks for. */
#define MIB         ((size_t)1 << 20)
#define OF_MANIFEST .cost = {.per_byte = 2, .limit = 8 * MIB}
#define LIST_MAX    V2_LIST_MEMORY(V2_PAGE_MAX)
#define OF_LIST     .cost = {.fixed = LIST_MAX, .limit = LIST_MAX, .late = true}

static const struct route routes[] = {
    /* 4, 11 */
    {"POST", UPLOADS, v2_post_upload, .permission = MAY_PUSH, .body = BODY_FILE,
	.check = v2_check_post_upload},
    /* 13, 5, 6, 14 */
    {"GET", UPLOAD, v2_get_upload, .permission = MAY_PUSH},
    {"PATCH", UPLOAD, v2_patch_upload, .permission = MAY_PUSH, .body = BODY_FILE,
	.check = v2_check_patch_upload},
    {"PUT", UPLOAD, v2_put_upload, .permission = MAY_PUSH, .body = BODY_FILE,
	.check = v2_check_put_upload},
    {"DELETE", UPLOAD, v2_delete_upload, .permission = MAY_PUSH},

    /* 2, 10 */
    {"GET", BLOB, v2_get_blob, .permission = MAY_PULL},
    {"DELETE", BLOB, v2_delete_blob, .permission = MAY_DELETE},
    /* 3, 7, 9 */
    {"GET", MANIFEST, v2_get_manifest, .permission = MAY_PULL},
    {"PUT", MANIFEST, v2_put_manifest, .permission = MAY_PUSH, .body = BODY_SMALL,
	.limit = MANIFEST_MAX, OF_MANIFEST},
    {"DELETE", MANIFEST, v2_delete_manifest, .permission = MAY_DELETE},
    /* 8, 12 */
    {"GET", REPO "/tags/list", v2_get_tags, .permission = MAY_PULL, OF_LIST},
    {"GET", REPO "/referrers/:subject", v2_get_referrers, .permission = MAY_PULL},

    {"GET", "/v2/_catalog", v2_get_catalog, .permission = MAY_PULL, OF_LIST},
    /* 1 */
    {"GET", "/v2", v2_check_version, .permission = MAY_ANYTHING},
};

const struct api v2_api = {
    .first = "v2",
    .routes = routes,
    .n_routes = sizeof(routes) / sizeof(routes[0]),
    .hidden = clients_without_v2,
    .headers = v2_headers,
    .authenticate = v2_authenticate,
    .read_name = v2_read_name,
    .fail = v2_fail,
};
