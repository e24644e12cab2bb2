/* list.h: the lists of API v2 (repositories, tags, referrers), a page at a time, from the
 * index. */
#ifndef CONTENT_LIST_H
#define CONTENT_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/digest.h"
#include "image/manifest.h"
#include "registry/task.h"

/* A page: names in byte order, in the arena. */
struct content_page {
	const char **names;
	size_t n;
	bool more; /* something comes after it */
};

/* Repositories after `after` ("" for the first page), at most `limit`.
 * RC_REBUILDING. */
enum result content_list_catalog(
    const struct task *t, struct str after, size_t limit, struct content_page *out);

/* Tags of a repository; from the store while the index is being made.
 * RC_REPOSITORY_UNKNOWN. */
enum result content_list_tags(const struct task *t, const char *name,
    struct str after, size_t limit, struct content_page *out);

/* The manifests whose subject this is: a digest of any algorithm. They come in the
 * order of their digests, those after `after`; artifact_type "" is any. A repository
 * that is not there has none. visit returning false ends it; the descriptor is valid
 * until visit returns. RC_REBUILDING. */
enum result content_list_referrers(const struct task *t, const char *name,
    struct str subject, struct str artifact_type, struct str after,
    bool (*visit)(void *arg, const struct manifest_descriptor *one), void *arg);

#endif
