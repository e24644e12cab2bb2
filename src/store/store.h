/* store.h: the directory that holds everything, storage_path of config.yml.
 *
 *	images/ repositories/	as docker-registry 0.x left them	v1_*.h
 *	docker/registry/v2/	as distribution 2.x and 3.x left it	v2_*.h
 *	_berth/body/		what nginx is receiving			stage.h
 *	_berth/tmp/		files that have no name yet		io.h
 *	_berth/push/<id>/	layers that wait for their checksum	v1_push.h
 *	_berth/upload/<id>/	blobs on their way in, API v2		v2_upload.h
 *	_berth/type/<name>/	media types that no manifest names	v2_manifest.h
 *	_berth/about/<name>	descriptions that were set		about.h
 *	_berth/derived/		lists of files and differences		v1_derived.h
 *	_berth/mirror/		tags and layers of a source		v1_mirror.h
 *	_berth/schema1.pem	the key that signs schema 1		secret.h
 *	_berth/lock		guards and memory, by byte range	lock.h
 *	_berth/owner		who serves it				store_own()
 *	_berth/index.db		the index, unless configured elsewhere
 *
 * Rules that every call keeps:
 * D1  Content is synced before it has a name, and a directory before a client gets an
 *     answer. That holds for code that relies on a name as well as for code that made it
 *     (settle.h), and for names that were removed.
 * D2  "Already there" is success for content that was compared: its name contains its
 *     sum, and content without that sum is replaced.
 * D3  A file is whole or not there: what changes is renamed over, never written in
 *     place.
 * D4  No lock outlives its process, and none is held while a layer is hashed.
 * D5  What cannot be whole counts as missing, and a push replaces it (damage.h).
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

/* Logs each symbolic link among the directories of repositories that is not followed
 * (io.h), so that an operator reads about it at the start. Checks a limited number of
 * directories; links in the others are logged when a client asks for them. */
void store_log_links(const struct store *st);

/* What earlier processes wrote and had not synced is durable afterwards. Called before
 * anything is served, and when a process was killed. If it fails, nothing is lost:
 * each file is then synced when a request relies on it (settle.h). */
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
