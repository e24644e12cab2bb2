/* import.c: `berth import`: finds out what the files are. See port.h. */
#include "port/docker_archive.h"
#include "port/input.h"
#include "port/oci_layout.h"
#include "port/port.h"
#include "port/v1files.h"

typedef enum result import_one(const struct task *t, const struct input *in,
    const struct port_import *how, const struct port_name *to, const char **what);

/* docker 25 and later save an OCI layout that has a manifest.json, too: the layout counts, because
 * it has the manifest as it was pushed. Whatever has none of their files is asked for a tag in a
 * directory of docker-registry. */
static import_one *
choose(const struct input *in, enum port_format format)
{
	bool oci = oci_layout_is(in);

	switch (format) {
	case PORT_OCI:
	case PORT_OCI_ARCHIVE:
		return oci_layout_import;
	case PORT_DOCKER_ARCHIVE:
		return docker_archive_is(in) ? docker_archive_import
					     : v1files_import;
	case PORT_V1:
		return v1files_import;
	case PORT_ANY:
	case PORT_FORMATS:
		break;
	}
	if (oci)
		return oci_layout_import;
	return docker_archive_is(in) ? docker_archive_import : v1files_import;
}

static enum result
import_to(const struct task *t, const struct port_import *how, import_one *import,
    const struct input *in, const char **what)
{
	enum result r = RC_OK;
	size_t i;

	for (i = 0; r == RC_OK && i < how->n_to; i++)
		r = import(t, in, how, &how->to[i], what);
	return r;
}

enum result
port_import(const struct task *t, const struct port_import *how, const char **what)
{
	struct input *in;
	enum result r = input_open(t, how->path, &in);

	if (r == RC_OK)
		r = import_to(t, how, choose(in, how->format), in, what);
	return r;
}
