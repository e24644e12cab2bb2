/* layouts.h: which lists show a repository under one name, and what of it is there. */
#ifndef REGISTRY_LAYOUTS_H
#define REGISTRY_LAYOUTS_H

#include "index/index.h"
#include "registry/pair.h"
#include "registry/task.h"

/* A name, and its row in the index, of which the description and the version are empty until
 * somebody fills them in. A repository of the namespace library may have two such names,
 * "library/foo" and "foo" (pair.h). */
struct layouts_found {
	struct index_repository row;
	bool v1, v2;  /* that API has a repository of this name or the other one */
	bool private; /* its repository of API v1 is */
	struct pair
	    pair; /* what API v2 means by the name; v2 is NULL if it allows none such */
};
enum result layouts_find(
    const struct task *t, const char *name, struct layouts_found *out);

/* A text that changes when anybody writes to the repository, in either layout, or to its
 * description, and when old dockers get images for another platform (reg->platform); empty: it
 * cannot be found out. To be compared, and for nothing else. */
struct str layouts_version(const struct task *t, const struct layouts_found *found);

#endif
