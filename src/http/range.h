/* range.h: which bytes of a whole a request carries: Content-Range. */
#ifndef HTTP_RANGE_H
#define HTTP_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Parses the Content-Range of a part of an upload (OCI distribution-spec, "Pushing a blob
 * in chunks"): FIRST-LAST, both included; also in the form of RFC 9110, section 14.4,
 * "bytes FIRST-LAST/..." Returns false if the text has neither form, or if LAST is before
 * FIRST. */
bool range_parse(struct str text, uint64_t *first, uint64_t *last);

#endif
