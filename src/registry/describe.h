/* describe.h: what the index says of a repository. Derived from the store alone, so
 * that a push and a rebuild agree. */
#ifndef REGISTRY_DESCRIBE_H
#define REGISTRY_DESCRIBE_H

#include "base/arena.h"
#include "base/err.h"
#include "image/v1name.h"
#include "index/index.h"
#include "registry/registry.h"

/* In which of the two layouts the name is, and whether it, or the name that API v1 has
 * for it, is private: name, v1, v2, hidden. Its description is empty, its stamp 0. */
enum result describe_find(struct registry *reg, struct arena *a, const char *name,
    struct index_repository *out, struct err *err);

/* A number that changes when somebody else writes to it (store_v1repo_version(),
 * store_repository_version()); 0 where it cannot be told. */
uint64_t describe_stamp(struct registry *reg, struct arena *a,
    const struct index_repository *repository);

/* Of what describe_find() found, what somebody said (properties.h). Without, the
 * org.opencontainers.image.description of the manifest that is tagged "latest", else of
 * the last tag in order: its own annotation, else its config's label, else those of its
 * first child. Without, that label or the comment of the v1 image tagged "latest". Empty
 * where there is none to be had. */
struct str describe_text(struct registry *reg, struct arena *a,
    const struct index_repository *repository);

/* Brings the index up to what the store holds under the name: the repository, described,
 * with what changed of it (change->repository is filled in here; NULL: nothing beside
 * it), or not there. The caller holds GUARD_REPOSITORY. What fails is logged and reported
 * to index_lost, never to the client. */
void describe_change(struct registry *reg, struct arena *a, const char *name,
    struct index_change *change);

/* The same of a name of API v1 whose privacy or description has changed: "library/x" is
 * "x" to API v2, described and hidden likewise. The caller holds no guard. */
void describe_both(
    struct registry *reg, struct arena *a, const struct v1name *name);

/* A verb was cut off half-way: the index is brought up to what the store holds now, by
 * whoever hears index_lost. */
void describe_again(struct registry *reg);

#endif
