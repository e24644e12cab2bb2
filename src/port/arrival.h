/* arrival.h: parts of an image on their way from a file into a repository of API v2. Private to
 * this room. What the repository has already is not read again; what another repository has is
 * read, because nobody may get a blob by its digest alone, and not copied. */
#ifndef PORT_ARRIVAL_H
#define PORT_ARRIVAL_H

#include "base/err.h"
#include "base/str.h"
#include "image/digest.h"
#include "port/input.h"
#include "port/port.h"
#include "registry/task.h"

struct arrival {
	const struct task *task;
	const struct input *from;
	const char *repository;
};

/* RC_BAD_NAME, RC_BAD_TAG: API v2 has no such repository or tag. */
enum result arrival_begin(const struct task *t, const struct input *from,
    const struct port_name *to, struct arrival *out);

/* The file is the blob d. RC_MISMATCH: it has other bytes. */
enum result arrival_blob(
    const struct arrival *ar, const char *file, const struct digest *d);

/* A manifest, whose blobs are there. RC_MISMATCH: the bytes do not have its digest. */
struct arrival_manifest {
	struct str bytes;
	struct str type; /* its media type; empty where the bytes say it */
	struct digest digest;
	const char *tag; /* that shall mean it; NULL: none */
};
enum result arrival_manifest(
    const struct arrival *ar, const struct arrival_manifest *m);

#endif
