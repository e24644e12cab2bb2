/* store.h: the directory that holds everything, storage_path of config.yml.
 *
 *	images/ repositories/	as docker-registry 0.x left them	v1_*.h
 *	docker/registry/v2/	as distribution 2.x and 3.x left it	v2_*.h
 *	_berth/body/		what nginx is receiving			stage.h
 *	_berth/tmp/		files that have no name yet		io.h
 *	_berth/push/<id>/	layers that wait for their checksum	v1_push.h
 *	_berth/upload/<id>/	blobs on their way in, API v2		v2_upload.h
 *	_berth/type/<name>/	media types that no manifest tells	v2_manifest.h
 *	_berth/about/<name>	what was said of a repository		about.h
 *	_berth/derived/		lists of files and differences		v1_derived.h
 *	_berth/mirror/		what a source has told			v1_mirror.h
 *	_berth/schema1.pem	the key that signs schema 1		secret.h
 *	_berth/lock		guards and memory, by byte range	lock.h
 *	_berth/owner		who serves it				store_own()
 *	_berth/index.db		the index, unless configured elsewhere
 *
 * Rules that every call keeps:
 * D1  Content is synced before it has a name, a directory before anybody is told. That
 *     holds for whoever relies on a name as for who made it (settle.h), and for names
 *     that are gone.
 * D2  "Already there" is success for content that was compared: the name bears its sum,
 *     and what does not have that sum is replaced.
 * D3  A file is whole or not there: what changes is renamed over, never written in
 *     place.
 * D4  No lock outlives its process, and none is held while a layer is hashed.
 * D5  What cannot be whole is not there, and a push heals it (damage.h).
 *
 * A struct store may be used by all threads and, after fork(), by all processes. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct store;

/* Opens the directory and makes what berth needs in it; no file that was there is
 * touched. RC_IO, RC_FULL: err names the path and what to do. */
enum result store_open(const char *path, struct store **out, struct err *err);
void store_close(struct store *st); /* NULL is fine */

const char *store_path(const struct store *st);

/* Makes this process and its children the store's only servers, until the last of
 * them ends. RC_IO at once if another one serves; one that is just ending is waited
 * for. */
enum result store_own(struct store *st, struct err *err);

/* Writes a line to the log for each symbolic link among the directories of repositories
 * that is not followed (io.h), so that an operator reads of it at the start. Looks at a
 * bounded number of them, the rest is told of when it is asked for. */
void store_log_links(const struct store *st);

/* What earlier processes wrote and did not come to sync is durable afterwards. Called
 * before anything is served, and when a process was killed. Where it fails nothing is
 * lost: each thing is then synced when somebody relies on it (settle.h). */
enum result store_settle(const struct store *st, struct err *err);

/* Bytes that an unprivileged process may still write. */
enum result store_free_bytes(struct store *st, uint64_t *out, struct err *err);

/* Can a file be written? RC_IO, RC_FULL. */
enum result store_probe(const struct store *st, struct err *err);

/* A file of the store that nginx shall send. Opaque to all between store and serve.
 */
struct store_file {
	const char *name; /* below the store's path */
	uint64_t size;    /* bytes */
};

#endif
