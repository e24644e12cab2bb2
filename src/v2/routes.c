/* routes.c: the table of contents of API v2. A repository's name may have any number of
 * parts, so what stands behind it tells the resource: more special patterns first. The
 * numbers are those of the specification's table, "Endpoints". */
#include "v2/routes.h"

#include "image/manifest.h"
#include "v2/base.h"
#include "v2/blobs.h"
#include "v2/clients.h"
#include "v2/errors.h"
#include "v2/lists.h"
#include "v2/manifests.h"
#include "v2/referrers.h"
#include "v2/uploads.h"
#include "v2/v2.h"

#define REPO     "/v2/*name"
#define UPLOADS  REPO "/blobs/uploads"
#define UPLOAD   UPLOADS "/:upload"
#define BLOB     REPO "/blobs/:digest"
#define MANIFEST REPO "/manifests/:reference"

/* What a request may need (http/route.h): for a manifest its text and what is read
 * from it, for a list as many names as the client asks for. */
#define MIB         ((size_t)1 << 20)
#define OF_MANIFEST .cost = {0, 2, 8 * MIB}
#define LIST_MAX    V2_LIST_MEMORY(V2_PAGE_MAX)
#define OF_LIST     .cost = {.least = LIST_MAX, .most = LIST_MAX, .late = true}

static const struct route routes[] = {
    /* 4, 11 */
    {"POST", UPLOADS, v2_post_upload, MAY_PUSH, BODY_FILE, 0, v2_check_post_upload},
    /* 13, 5, 6, 14 */
    {"GET", UPLOAD, v2_get_upload, MAY_PUSH, BODY_NONE},
    {"PATCH", UPLOAD, v2_patch_upload, MAY_PUSH, BODY_FILE, 0,
	v2_check_patch_upload},
    {"PUT", UPLOAD, v2_put_upload, MAY_PUSH, BODY_FILE, 0, v2_check_put_upload},
    {"DELETE", UPLOAD, v2_delete_upload, MAY_PUSH, BODY_NONE},

    /* 2, 10 */
    {"GET", BLOB, v2_get_blob, MAY_PULL, BODY_NONE},
    {"DELETE", BLOB, v2_delete_blob, MAY_DELETE, BODY_NONE},
    /* 3, 7, 9 */
    {"GET", MANIFEST, v2_get_manifest, MAY_PULL, BODY_NONE},
    {"PUT", MANIFEST, v2_put_manifest, MAY_PUSH, BODY_SMALL, MANIFEST_MAX,
	OF_MANIFEST},
    {"DELETE", MANIFEST, v2_delete_manifest, MAY_DELETE, BODY_NONE},
    /* 8, 12 */
    {"GET", REPO "/tags/list", v2_get_tags, MAY_PULL, BODY_NONE, OF_LIST},
    {"GET", REPO "/referrers/:digest", v2_get_referrers, MAY_PULL, BODY_NONE},

    {"GET", "/v2/_catalog", v2_get_catalog, MAY_PULL, BODY_NONE, OF_LIST},
    /* 1 */
    {"GET", "/v2", v2_get_base, MAY_ANYTHING, BODY_NONE},
};

const struct api v2_api = {"v2", routes, sizeof(routes) / sizeof(routes[0]),
    clients_without_v2, v2_headers, v2_admit, v2_fail};
