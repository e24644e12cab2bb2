/* repository.h: the repositories of registry v2.
 *
 * Calls on what a repository has (blob.h, upload.h, manifest.h, tag.h) take it as one value:
 * the store, the arena for what the call returns, and the name. Making that value asks
 * nothing of the store, so the repository need not exist. The caller has checked that the name is
 * a repository's (image/reference.h). One name may begin with another: "a/b" may exist
 * with or without "a".
 *
 * Writers of manifests and tags take the guard GUARD_REPOSITORY of the name, so that they
 * change a repository one after another; they assert that the guard covers it. */
#ifndef STORE_REPOSITORY_H
#define STORE_REPOSITORY_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/store.h"

struct store_repository {
	struct store *store;
	struct arena *arena; /* what calls return lives here */
	const char *name;
};

/* Has it any manifest? */
enum result store_repository_has_manifest(
    const struct store_repository *r, bool *has, struct err *err);

/* Has it any manifest or blob? */
enum result store_repository_exists(
    const struct store_repository *r, bool *there, struct err *err);

/* A text without spaces that changes when anybody, berth or another server, adds, moves or
 * removes a tag or a manifest. To be compared with an earlier one and for nothing else; never
 * empty. Reads no content. */
enum result store_repository_version(
    const struct store_repository *r, struct str *out, struct err *err);

/* Calls visit for each repository that may hold a manifest, "a" before "a/b", until it
 * returns false. Names that API v2 does not allow are left out. Memory does not grow
 * with the number of repositories. */
enum result store_repository_walk(const struct store *st,
    bool (*visit)(void *arg, const char *name), void *arg, struct err *err);

#endif
