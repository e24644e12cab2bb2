/* importing.h: an import into a repository of API v2: its blobs and manifests go from the input
 * into the store. What the repository has already is not read again. What another repository has
 * is not copied, but the file is read, because nobody may get a blob by its digest alone. Private
 * to this room. */
#ifndef PORT_IMPORTING_H
#define PORT_IMPORTING_H

#include "base/err.h"
#include "base/str.h"
#include "image/digest.h"
#include "port/input.h"
#include "port/port.h"
#include "registry/task.h"

struct importing {
	const struct task *task;
	const struct input *from;
	const char *repository;
};

/* RC_BAD_NAME, RC_BAD_TAG: API v2 has no such repository or tag. */
enum result importing_begin(const struct task *t, const struct input *from,
    const struct port_name *to, struct importing *out);

/* The file is the blob d. RC_MISMATCH: it has other bytes. */
enum result importing_blob(
    const struct importing *imp, const char *file, const struct digest *d);

/* A manifest, whose blobs are there. RC_MISMATCH: the bytes do not have its digest. */
struct importing_manifest {
	struct str bytes;
	struct str type; /* its media type; empty where the bytes say it */
	struct digest digest;
	const char *tag; /* that shall mean it; NULL: none */
};
enum result importing_manifest(
    const struct importing *imp, const struct importing_manifest *m);

#endif
