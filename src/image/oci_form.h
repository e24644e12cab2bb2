/* oci_form.h: a manifest of Docker's schema 2, or a manifest list, with the media types of OCI. The
 * two forms differ in nothing else, so config and layers stay as they are. Some programs read no
 * other in an OCI image layout (skopeo and podman find no image of Docker's types by its name). */
#ifndef IMAGE_OCI_FORM_H
#define IMAGE_OCI_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/digest.h"

/* Is it a media type of a manifest or a list of Docker's? */
bool oci_form_is_needed(struct str type);

/* The same manifest as another file: what a list must say now of one of its children. */
struct oci_form_child {
	struct digest was, is;
	size_t size; /* bytes */
};
struct oci_form {
	struct str manifest;
	const struct oci_form_child *children;
	size_t n;
};

/* A member that stands twice counts as its last. RC_BAD_MANIFEST: not a JSON object. */
enum result oci_form_make(
    struct arena *a, const struct oci_form *of, struct str *out, struct err *err);

/* The media type that OCI has for one of Docker's; another stays. */
struct str oci_form_type(struct str type);

#endif
