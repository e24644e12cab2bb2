/* docker_archive.h: what docker save writes since docker 1.10. Its manifest.json names the config
 * and the layers of each image:
 *
 *	[{"Config": "<digits>.json", "RepoTags": ["repository:tag"],
 *	  "Layers": ["<digits>.tar", ...]}, ...]
 *
 * Older files have no manifest.json: v1files.h. An archive that berth writes has both parts, as far
 * as the image has both forms, so a docker of every age loads it. Private to this room. */
#ifndef PORT_DOCKER_ARCHIVE_H
#define PORT_DOCKER_ARCHIVE_H

#include <stdbool.h>

#include "base/err.h"
#include "port/exporting.h"
#include "port/input.h"
#include "port/port.h"
#include "registry/task.h"

#define DOCKER_ARCHIVE_MANIFEST "manifest.json"

/* Is there a manifest.json? */
bool docker_archive_is(const struct input *in);

/* For port_import(): the image comes into one repository, as an image of Docker's schema 2 whose
 * layers are the bytes of the file. */
enum result docker_archive_import(const struct task *t, const struct input *in,
    const struct port_import *how, const struct port_name *to, const char **what);

/* For port_export(): fills in the output; *what as there. */
enum result docker_archive_export(const struct exporting *ex, const char **what);

#endif
