/* shared_tags.h: the tags of API v1 that API v2 shows. */
#ifndef REGISTRY_SHARED_TAGS_H
#define REGISTRY_SHARED_TAGS_H

#include <stdbool.h>

#include "base/err.h"
#include "registry/pair.h"
#include "registry/task.h"

/* Calls visit for each of them, with an arena that is cleared afterwards in the task, until it
 * returns false. */
enum result shared_tags_each(const struct task *t, const struct pair *p,
    bool (*visit)(void *arg, const struct task *t, const char *tag, const char *id),
    void *arg);

#endif
