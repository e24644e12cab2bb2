/* v1tag.h: the tags of a repository (v1repo.h) and who pushed them.
 *
 * `held`: GUARD_REPOSITORY of the name. */
#ifndef STORE_V1TAG_H
#define STORE_V1TAG_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/guard.h"
#include "store/store.h"
#include "store/v1repo.h"

/* The image's id. RC_NOT_FOUND, also if what is stored is not an id. */
enum result store_v1tag_get(const struct store_v1repo *repo, const char *tag,
    const char **id, struct err *err);

/* Who pushed it, as JSON. RC_NOT_FOUND, also if it is empty or cut off. */
enum result store_v1tag_meta(const struct store_v1repo *repo, const char *tag,
    struct str *out, struct err *err);

/* Writes both, and the repository's own (store_v1repo_meta()) when the tag is "latest"; the
 * id last, so that a tag that is there has the rest. */
struct store_v1tag {
	const char *name, *id;
	struct str meta;
};
enum result store_v1tag_put(const struct store_v1repo *repo,
    const struct guard *held, const struct store_v1tag *tag, struct err *err);

/* Removes the same, the id first. RC_NOT_FOUND. A repository in which nothing is left is
 * removed. */
enum result store_v1tag_remove(const struct store_v1repo *repo,
    const struct guard *held, const char *tag, struct err *err);

/* Each tag once, in the byte order of its stored name; tag and id are valid until visit
 * returns. visit returning false ends it. */
enum result store_v1tag_each(const struct store_v1repo *repo,
    bool (*visit)(void *arg, const char *tag, const char *id), void *arg,
    struct err *err);

#endif
