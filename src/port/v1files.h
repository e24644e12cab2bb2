/* v1files.h: images of API v1 as files, each with its json and its layer, in two forms: what docker
 * save wrote before 1.10 (a directory <id> for each image, and a file `repositories`), and a
 * directory in the layout of docker-registry 0.x (images/<id>, repositories/<ns>/<repo>/tag_<tag>).
 * Private to this room. */
#ifndef PORT_V1FILES_H
#define PORT_V1FILES_H

#include <stdbool.h>

#include "base/err.h"
#include "port/exporting.h"
#include "port/input.h"
#include "port/port.h"
#include "registry/task.h"

#define V1FILES_SAVED     "repositories" /* the file of docker save with the tags */
#define V1FILES_SAVED_MAX ((size_t)1 << 20) /* bytes */

/* Is it what an old docker saved? */
bool v1files_are_saved(const struct input *in);

/* For port_import(): the image and those below it come into one repository. `saved`: which of the
 * two forms. */
enum result v1files_import(const struct task *t, const struct input *in,
    const struct port_import *how, const struct port_name *to, const char **what);

/* Fills in the output with a directory of docker-registry; *what: the id. */
enum result v1files_export(const struct exporting *ex, const char **what);

/* Adds the form of docker save. same(): the name of a file of the output that has this content,
 * or NULL: a link to it is written. RC_TAG_UNKNOWN, RC_REPOSITORY_UNKNOWN, RC_NOT_BRIDGED: the
 * image has no form of API v1, and nothing is written. */
enum result v1files_export_saved(const struct exporting *ex,
    const char *(*same)(void *arg, const struct content *content), void *arg,
    const char **what);

#endif
