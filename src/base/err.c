/* err.c: see err.h. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const names[R_MAX] = {
    [R_OK] = "ok",
    [R_BAD_REQUEST] = "bad_request",
    [R_BAD_JSON] = "bad_json",
    [R_BAD_DATA] = "bad_data",
    [R_NO_ID] = "no_id",
    [R_BAD_ID] = "bad_id",
    [R_OTHER_ID] = "other_id",
    [R_BAD_NAME] = "bad_name",
    [R_BAD_SUM] = "bad_sum",
    [R_NO_SUM] = "no_sum",
    [R_WEAK_SUM] = "weak_sum",
    [R_NO_PARENT] = "no_parent",
    [R_MISMATCH] = "mismatch",
    [R_TOO_LARGE] = "too_large",
    [R_NO_ROUTE] = "no_route",
    [R_BAD_METHOD] = "bad_method",
    [R_ABSENT] = "absent",
    [R_IMAGE_UNKNOWN] = "image_unknown",
    [R_IMAGE_EXISTS] = "image_exists",
    [R_IMAGE_UNFINISHED] = "image_unfinished",
    [R_LAYER_UNKNOWN] = "layer_unknown",
    [R_SUM_REFUSED] = "sum_refused",
    [R_REPOSITORY_UNKNOWN] = "repository_unknown",
    [R_TAG_UNKNOWN] = "tag_unknown",
    [R_GONE] = "gone",
    [R_FULL] = "full",
    [R_REBUILDING] = "rebuilding",
    [R_IO] = "io",
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
	return (unsigned)r < R_MAX ? names[r] : "unknown";
}
