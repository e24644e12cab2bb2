/* err.c: see err.h. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const names[RC_MAX] = {
    [RC_OK] = "ok",
    [RC_BAD_REQUEST] = "bad_request",
    [RC_BAD_JSON] = "bad_json",
    [RC_BAD_DATA] = "bad_data",
    [RC_NO_ID] = "no_id",
    [RC_BAD_ID] = "bad_id",
    [RC_OTHER_ID] = "other_id",
    [RC_BAD_NAME] = "bad_name",
    [RC_BAD_CHECKSUM] = "bad_checksum",
    [RC_NO_CHECKSUM] = "no_checksum",
    [RC_BAD_LAYER] = "bad_layer",
    [RC_NO_PARENT] = "no_parent",
    [RC_MISMATCH] = "mismatch",
    [RC_TOO_LARGE] = "too_large",
    [RC_NO_ROUTE] = "no_route",
    [RC_BAD_METHOD] = "bad_method",
    [RC_BAD_TAG] = "bad_tag",
    [RC_BAD_DIGEST] = "bad_digest",
    [RC_OTHER_DIGEST] = "other_digest",
    [RC_BAD_MANIFEST] = "bad_manifest",
    [RC_UNVERIFIED] = "unverified",
    [RC_FALLBACK] = "fallback",
    [RC_BAD_PAGE] = "bad_page",
    [RC_BAD_SIZE] = "bad_size",
    [RC_BAD_RANGE] = "bad_range",
    [RC_TOO_MANY] = "too_many",
    [RC_NOT_BRIDGED] = "not_bridged",
    [RC_UNRESOLVED_REF] = "unresolved_ref",
    [RC_CONDITION] = "condition",
    [RC_OTHER_SITE] = "other_site",
    [RC_NOT_FOUND] = "not_found",
    [RC_IMAGE_UNKNOWN] = "image_unknown",
    [RC_NOT_GRANTED] = "not_granted",
    [RC_PARENT_REFUSED] = "parent_refused",
    [RC_UNAUTHORIZED] = "unauthorized",
    [RC_IMAGE_EXISTS] = "image_exists",
    [RC_IMAGE_UNFINISHED] = "image_unfinished",
    [RC_LAYER_UNKNOWN] = "layer_unknown",
    [RC_CHECKSUM_REFUSED] = "checksum_refused",
    [RC_REPOSITORY_UNKNOWN] = "repository_unknown",
    [RC_TAG_UNKNOWN] = "tag_unknown",
    [RC_BLOB_UNKNOWN] = "blob_unknown",
    [RC_MANIFEST_UNKNOWN] = "manifest_unknown",
    [RC_UPLOAD_UNKNOWN] = "upload_unknown",
    [RC_CLIENT_GONE] = "client_gone",
    [RC_STOPPED] = "stopped",
    [RC_FULL] = "full",
    [RC_BUSY] = "busy",
    [RC_UPSTREAM] = "upstream",
    [RC_REBUILDING] = "rebuilding",
    [RC_IO] = "io",
};

enum result
err_set(struct err *err, enum result r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return r;
}

const char *
err_name(enum result r)
{
	return (unsigned)r < RC_MAX ? names[r] : "unknown";
}
