/* v1tag.h: tag_<tag> (an image id) and tag<tag>_json (who tagged) of a repository.
 *
 * tag_x_json is the json of tag "_x" or the id of tag "x_json": its content tells,
 * and an id is never overwritten by a json. Writers hold GUARD_REPOSITORY of the
 * name. */
#ifndef STORE_V1TAG_H
#define STORE_V1TAG_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/store.h"
#include "store/v1repo.h"

/* The image's id. RC_NOT_FOUND, also if the file does not hold one (damage.h). */
enum result store_v1tag_get(const struct store *st, struct arena *a,
    const struct store_v1repo *repo, const char *tag, const char **id,
    struct err *err);

/* tag<tag>_json. RC_NOT_FOUND, also if it is empty or cut off. */
enum result store_v1tag_meta(const struct store *st, struct arena *a,
    const struct store_v1repo *repo, const char *tag, struct str *out,
    struct err *err);

/* Writes both, and the repository's json when the tag is "latest"; the id last, so
 * that a tag that is there has its json. */
enum result store_v1tag_put(struct store *st, struct arena *a,
    const struct store_v1repo *repo, const char *tag, const char *id,
    struct str meta, struct err *err);

/* Removes the same, the id first. RC_NOT_FOUND. A repository without any file left
 * is gone. */
enum result store_v1tag_remove(struct store *st, struct arena *a,
    const struct store_v1repo *repo, const char *tag, struct err *err);

/* Each tag once, in the byte order of its name on disk; tag and id are valid until
 * visit returns. visit returning false ends it. */
enum result store_v1tag_each(const struct store *st,
    const struct store_v1repo *repo,
    bool (*visit)(void *arg, const char *tag, const char *id), void *arg,
    struct err *err);

#endif
