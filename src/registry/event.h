/* event.h: what has changed in the registry, and on whose behalf.
 *
 * Each verb that changes something says so here, once the change is durable. The line in
 * the log is the first use of it; whatever else wants to know of changes starts here. */
#ifndef REGISTRY_EVENT_H
#define REGISTRY_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registry/task.h"

enum event_kind {
	EVENT_PUSH_IMAGE,        /* image, digest: of the layer */
	EVENT_PUSH_TAG,          /* repository, tag, image */
	EVENT_PUSH_MANIFEST,     /* repository, digest, tag */
	EVENT_PUSH_BLOB,         /* repository, digest */
	EVENT_DELETE_TAG,        /* repository, tag */
	EVENT_DELETE_MANIFEST,   /* repository, digest, n_tags */
	EVENT_DELETE_BLOB,       /* repository, digest */
	EVENT_DELETE_REPOSITORY, /* repository */
	EVENT_PROPERTIES,        /* repository, properties */
	EVENT_MIRROR_LAYER,      /* image, bytes: a layer came from the upstream */
	EVENT_KINDS
};

/* What does not concern the kind is NULL or 0. */
struct event {
	enum event_kind kind;
	const char *image; /* its id in API v1 */
	const char *repository;
	const char *digest; /* "sha256:..." */
	const char *tag;    /* of a manifest that was pushed by digest: NULL */
	size_t n_tags;      /* how many tags were deleted with the manifest */
	uint64_t bytes;
	struct {
		const char *access; /* "private" or "public"; NULL: unchanged */
		bool described;     /* the description has changed */
	} properties;
};

void event_emit(const struct task *t, const struct event *event);

/* Does anybody want to know of events of this kind? For callers that must compute what
 * they would say. */
bool event_is_wanted(enum event_kind kind);

#endif
