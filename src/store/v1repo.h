/* v1repo.h: repositories as docker-registry 0.x keeps them.
 *
 * A repository is there once it has a list of images, a tag, or any other document.
 * `held`: GUARD_REPOSITORY of the name. */
#ifndef STORE_V1REPO_H
#define STORE_V1REPO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/v1name.h"
#include "store/content.h"
#include "store/guard.h"
#include "store/store.h"

/* A repository, or the place where it would be made. What its calls return lives in the
 * arena. {0} is a name that no repository can have. The members are the store's. */
struct store_v1repo {
	struct store *st;
	struct arena *arena;
	const char *name; /* "ns/repo" */
	const char *dir;
	bool there;
};

/* RC_BAD_NAME: no repository can have this name. */
enum result store_v1repo_find(struct store *st, struct arena *a,
    const struct v1name *name, struct store_v1repo *out, struct err *err);

/* Was it there when it was looked for? */
bool store_v1repo_exists(const struct store_v1repo *repo);

/* Old servers spelt some names in two ways. If the name is not there, but its spelling is
 * that of another name, the client means that repository, and *name becomes its name. */
enum result store_v1repo_resolve(
    struct store *st, struct arena *a, struct v1name *name, struct err *err);

/* The list of images that a client announced. RC_NOT_FOUND if it is missing, empty or cut
 * off. A list may be long: code that looks for one image reads it piece by piece. */
enum result store_v1repo_images(
    const struct store_v1repo *repo, struct str *out, struct err *err);
enum result store_v1repo_open_images(
    const struct store_v1repo *repo, struct store_reader **out, struct err *err);
enum result store_v1repo_set_images(const struct store_v1repo *repo,
    const struct guard *held, struct str text, struct err *err);

/* The JSON list of the ids that an index granted. RC_NOT_FOUND. */
enum result store_v1repo_granted(
    const struct store_v1repo *repo, struct str *out, struct err *err);
enum result store_v1repo_open_granted(
    const struct store_v1repo *repo, struct store_reader **out, struct err *err);
enum result store_v1repo_set_granted(const struct store_v1repo *repo,
    const struct guard *held, struct str text, struct err *err);

/* Is it private? It is if the mark exists, of whatever kind of file. */
enum result store_v1repo_is_private(
    const struct store_v1repo *repo, bool *out, struct err *err);
enum result store_v1repo_set_private(const struct store_v1repo *repo,
    const struct guard *held, bool on, struct err *err);

/* Who pushed tag "latest", as JSON. RC_NOT_FOUND, also if it is empty or cut off. */
enum result store_v1repo_meta(
    const struct store_v1repo *repo, struct str *out, struct err *err);

/* A text that changes when anybody adds or removes a tag or moves "latest", whose image
 * describes the repository; as store_repository_version(). */
struct str store_v1repo_version(const struct store_v1repo *repo);

/* Removes it with all tags, in one step. RC_NOT_FOUND: it is not there, and that is durable. */
enum result store_v1repo_remove(
    const struct store_v1repo *repo, const struct guard *held, struct err *err);

/* The name of each repository; visit returning false ends it. */
enum result store_v1repo_walk(const struct store *st,
    bool (*visit)(void *arg, const char *name), void *arg, struct err *err);

#endif
