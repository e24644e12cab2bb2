/* properties.h: whether a repository is private, and its description. */
#ifndef IMAGES_PROPERTIES_H
#define IMAGES_PROPERTIES_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/v1name.h"
#include "registry/task.h"

struct properties {
	bool is_private;        /* of one that is not there: false */
	struct str description; /* that somebody set; empty: nobody did */
};

enum result properties_get(
    const struct task *t, const struct v1name *name, struct properties *out);

/* Sets what is not NULL, also of a repository that is not there yet. An empty description
 * takes it away. RC_BAD_DATA: a description that is not text, or too long. */
struct properties_change {
	const bool *is_private;
	const struct str *description;
};
enum result properties_put(const struct task *t, const struct v1name *name,
    const struct properties_change *change);

#endif
