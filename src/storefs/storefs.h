/* storefs.h: the store as a directory, storage_path of config.yml.
 *
 *	images/ repositories/	as docker-registry 0.x left them	v1image.c, v1repo.c, v1tag.c
 *	docker/registry/v2/	as distribution 2.x and 3.x left it	layout.h
 *	_berth/body/		bodies that nginx receives		inbox.c
 *	_berth/tmp/		files that have no name yet		io.h
 *	_berth/push/<id>/	layers that wait for their checksum	v1push.c
 *	_berth/upload/<id>/	upload sessions				upload.c
 *	_berth/type/<name>/	media types that no manifest names	manifest.c
 *	_berth/removed/		blobs that are just being removed	blob.c
 *	_berth/about/<name>	descriptions that were set		description.c
 *	_berth/derived/		lists of files and differences		derived.c
 *	_berth/bridge/		what one API has of the images of the other	bridge.c
 *	_berth/mirror/		what a mirror keeps of its upstream	upstream.c, partial.c
 *	_berth/mark/		repositories that the index may have wrong	mark.c
 *	_berth/schema1.pem	the key that signs schema 1		secret.c
 *	_berth/lock		guards and memory, by byte range	guard.c
 *	_berth/owner		locked by the servers			storefs_lock_exclusive()
 *	_berth/index.db		the index, unless configured elsewhere */
#ifndef STOREFS_STOREFS_H
#define STOREFS_STOREFS_H

#include "base/err.h"
#include "store/store.h"

/* Opens the directory and makes what berth needs in it; no file that was there is
 * touched. RC_IO, RC_FULL: err names the path and what to do. */
enum result storefs_open(const char *path, struct store **out, struct err *err);

/* Makes this process and its children the store's only servers, until the last of
 * them ends. RC_IO at once if another one serves; one that is just ending is waited
 * for. */
enum result storefs_lock_exclusive(struct store *st, struct err *err);

/* Puts in order what earlier processes have left: removes what is in _berth/tmp (*removed counts
 * it), and gives their names back to blobs whose removal was interrupted. Only before workers
 * run (storefs_lock_exclusive()). */
enum result storefs_sweep_tmp(struct store *st, unsigned *removed, struct err *err);

/* Logs each symbolic link among the directories of repositories that is not followed
 * (io.h), so that an operator reads about it at the start. Checks a limited number of
 * directories; links in the others are logged when a client asks for them. */
void storefs_log_links(const struct store *st);

/* What earlier processes wrote and had not synced is durable afterwards. Called before
 * anything is served, and when a process was killed. If it fails, nothing is lost:
 * each file is then synced when a request relies on it (durable.h). */
enum result storefs_sync_all(const struct store *st, struct err *err);

#endif
