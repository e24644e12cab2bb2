/* oci_layout.h: OCI image layouts (image-spec, image-layout.md): index.json lists manifests, each
 * blob has its digest as its name. Private to this room. */
#ifndef PORT_OCI_LAYOUT_H
#define PORT_OCI_LAYOUT_H

#include <stdbool.h>

#include "base/err.h"
#include "base/json.h"
#include "port/exporting.h"
#include "port/input.h"
#include "port/port.h"
#include "registry/task.h"

#define OCI_LAYOUT_FILE     "oci-layout"
#define OCI_LAYOUT_INDEX    "index.json"
#define OCI_LAYOUT_REF_NAME "org.opencontainers.image.ref.name" /* mostly the tag */
#define OCI_LAYOUT_DEPTH    8 /* indexes in indexes */

/* Is it one? */
bool oci_layout_is(const struct input *in);
bool oci_layout_is_there(const struct output *o);

/* For port_import(): the image comes into one repository. */
enum result oci_layout_import(const struct task *t, const struct input *in,
    const struct port_import *how, const struct port_name *to, const char **what);

/* For port_export(): fills in the output; *what as there. */
enum result oci_layout_export(const struct exporting *ex, const char **what);

/* ---- of its files ---- */

/* "blobs/sha256/<digits>" */
const char *oci_layout_blob(struct arena *a, const struct digest *d);

/* The list of manifests in index.json, whose text is given. RC_BAD_DATA. */
enum result oci_layout_read_index(
    const struct task *t, struct str text, const struct json **list);

/* The text of an annotation of a descriptor; empty: it has none of this name. */
struct str oci_layout_annotation(const struct json *descriptor, const char *name);

#endif
