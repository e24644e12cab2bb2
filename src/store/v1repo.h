/* v1repo.h: repositories/<ns>/<repo>/ as docker-registry 0.x keeps a repository.
 *
 * A repository is there once any file of it is. Writers hold GUARD_REPOSITORY of the
 * name. */
#ifndef STORE_V1REPO_H
#define STORE_V1REPO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/v1name.h"
#include "store/content.h"
#include "store/store.h"

/* The directory under which the name is, or would be made. Opaque to other rooms.
 */
struct store_v1repo {
	const char *dir;
	bool there;
};

enum result store_v1repo_find(const struct store *st, struct arena *a,
    const struct v1name *name, struct store_v1repo *out, struct err *err);

/* If the name is not there, but its spelling on disk (v1spelling.h) is the directory of
 * another name, that repository is meant, and *name becomes its name. */
enum result store_v1repo_resolve(
    const struct store *st, struct arena *a, struct v1name *name, struct err *err);

/* _index_images. RC_NOT_FOUND if it is missing, empty or cut off (damage.h). */
enum result store_v1repo_images(const struct store *st, struct arena *a,
    const struct store_v1repo *repo, struct str *out, struct err *err);
enum result store_v1repo_open_images(const struct store *st, struct arena *a,
    const struct store_v1repo *repo, struct store_reader **out, struct err *err);
enum result store_v1repo_set_images(struct store *st,
    const struct store_v1repo *repo, struct str text, struct err *err);

/* _images_list, a JSON list of the ids that an index granted. RC_NOT_FOUND. */
enum result store_v1repo_granted(const struct store *st, struct arena *a,
    const struct store_v1repo *repo, struct str *out, struct err *err);
enum result store_v1repo_open_granted(const struct store *st, struct arena *a,
    const struct store_v1repo *repo, struct store_reader **out, struct err *err);
enum result store_v1repo_set_granted(struct store *st,
    const struct store_v1repo *repo, struct str text, struct err *err);

/* _private: present or not. Anything with that name makes the repository private, also
 * a link that leads nowhere. */
enum result store_v1repo_is_private(const struct store *st, struct arena *a,
    const struct store_v1repo *repo, bool *out, struct err *err);
enum result store_v1repo_set_private(struct store *st, struct arena *a,
    const struct store_v1repo *repo, bool on, struct err *err);

/* json, of tag "latest". RC_NOT_FOUND, also if it is empty or cut off. */
enum result store_v1repo_meta(const struct store *st, struct arena *a,
    const struct store_v1repo *repo, struct str *out, struct err *err);

/* A JSON document in the directory of the repository; for v1tag.c. RC_NOT_FOUND, also if
 * it is empty or cut off. */
enum result store_v1repo_document(const struct store *st, struct arena *a,
    const char *path, size_t limit, struct str *out, struct err *err);

/* A number that changes when somebody else adds or removes a tag or moves "latest",
 * which describes the repository. Reads no file. 0: nothing is there. */
uint64_t store_v1repo_version(
    const struct store *st, struct arena *a, const struct store_v1repo *repo);

/* For one that is not there: its absence is durable when this returns. */
enum result store_v1repo_sync_absence(
    const struct store *st, const struct store_v1repo *repo, struct err *err);

/* Gone, with all tags, in one step. */
enum result store_v1repo_remove(struct store *st, struct arena *a,
    const struct store_v1repo *repo, struct err *err);

/* visit gets a repository's name; false ends the walk. Directories that hold no file are
 * passed over. */
enum result store_v1repo_walk(const struct store *st,
    bool (*visit)(void *arg, const char *name), void *arg, struct err *err);

#endif
