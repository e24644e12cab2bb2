/* port.h: one image comes from a file, or goes into one.
 *
 *	oci		an OCI image layout (image-spec, image-layout.md), a directory
 *	oci-archive	the same as a tar archive
 *	docker-archive	what docker save writes and docker load reads, of every age
 *	v1		a directory in the layout of docker-registry 0.x
 *
 * An import stores the image through the verbs of the API that it belongs to, as its client would
 * have pushed it; an export reads through them, as a client would pull it. So both may run while
 * the registry answers, and what one API makes of the images of the other can be exported too.
 *
 * Of what an old docker saved (before 1.10) and of a v1 directory the images keep their ids: they
 * become images of API v1. All others become images of API v2, and keep the digests of their
 * configs and layers; from an OCI layout, that of the manifest too. */
#ifndef PORT_PORT_H
#define PORT_PORT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "registry/task.h"

enum port_format {
	PORT_ANY, /* import: as the files say; export: oci, to standard output oci-archive */
	PORT_OCI,
	PORT_OCI_ARCHIVE,
	PORT_DOCKER_ARCHIVE,
	PORT_V1,
	PORT_FORMATS
};

/* As users name them. False: no format has this name. */
#define PORT_FORMAT_NAMES "oci, oci-archive, docker-archive or v1"
bool port_format_parse(const char *name, enum port_format *out);

/* REPOSITORY[:TAG|@DIGEST] */
struct port_name {
	const char *repository;
	const char *tag;    /* "latest" if the text has neither */
	const char *digest; /* NULL: a tag */
};
enum result port_name_parse(
    struct arena *a, const char *text, struct port_name *out, struct err *err);

/* "os/architecture" */
struct v1chain_platform;
enum result port_platform_parse(struct arena *a, const char *text,
    struct v1chain_platform *out, struct err *err);

struct port_import {
	const char *path; /* of a file or directory; "-": standard input */
	enum port_format format;
	const char *image; /* which one of several, by its name in the file; NULL */
	const char *platform; /* of an index only this image; NULL: all */
	const struct port_name *to;
	size_t n_to; /* at least 1 */
};

/* *what: the digest of the manifest, or the id of the image, that was stored. Everything in the
 * file is untrusted. RC_BAD_DATA, RC_BAD_LAYER, RC_BAD_MANIFEST, RC_MISMATCH, RC_TOO_LARGE,
 * RC_NOT_FOUND (a file that is missing in it), RC_BAD_NAME (of the repository), RC_FULL ... */
enum result port_import(
    const struct task *t, const struct port_import *how, const char **what);

struct port_export {
	struct port_name from;
	enum port_format format;

	/* "os/architecture": of an index only this image; NULL: all, or in a format that holds one
	 * image, the registry's (bridge.platform). */
	const char *platform;
	const char *path; /* "-": standard output */
	const volatile sig_atomic_t
	    *stop; /* set: end soon, with RC_STOPPED; NULL */
};

/* *what as above. Nothing is at the path before the whole image is; what is there already is
 * refused, but for an OCI layout: the image is added to it. RC_MANIFEST_UNKNOWN, RC_TAG_UNKNOWN,
 * RC_NOT_BRIDGED: the image has no form that the format can hold; RC_REBUILDING. */
enum result port_export(
    const struct task *t, const struct port_export *how, const char **what);

#endif
