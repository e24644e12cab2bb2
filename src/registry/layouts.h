/* layouts.h: in which of the two layouts of the store a repository is. */
#ifndef REGISTRY_LAYOUTS_H
#define REGISTRY_LAYOUTS_H

#include "index/index.h"
#include "registry/task.h"
#include "store/v1repo.h"

/* The repository that API v1 means by `name`. store_v1repo_exists(out) is false if there is
 * none. API v1 knows "busybox" as "library/busybox", and the index has it under the longer
 * name alone. */
enum result layouts_find_v1(
    const struct task *t, struct str name, struct store_v1repo *out);

/* In which of the two layouts the name is, and whether it, or the name that API v1 has
 * for it, is private: name, v1, v2, hidden. Its description and its version are empty. */
enum result layouts_find(
    const struct task *t, const char *name, struct index_repository *out);

/* A text that changes when anybody writes to the repository, in either layout, or to its
 * description; empty: it cannot be found out. To be compared, and for nothing else. */
struct str layouts_version(
    const struct task *t, const struct index_repository *repository);

#endif
