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

/* In which of the two layouts a repository is, and its row in the index, of which the description
 * and the version are empty until somebody fills them in. */
struct layouts_found {
	struct index_repository row;
	bool v1, v2;
	bool private; /* it is, or the name that API v1 has for it is */
};
enum result layouts_find(
    const struct task *t, const char *name, struct layouts_found *out);

/* A text that changes when anybody writes to the repository, in either layout, or to its
 * description; empty: it cannot be found out. To be compared, and for nothing else. */
struct str layouts_version(const struct task *t, const struct layouts_found *found);

#endif
