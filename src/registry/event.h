/* event.h: what has changed in the registry, and on whose behalf.
 *
 * Each verb that changes something reports the change here, once it is durable. The line in
 * the log is made from it; any other consumer of changes is to be called from here too. */
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

/* Is there a consumer of events of this kind? For callers that must compute what an event
 * says. */
bool event_is_wanted(enum event_kind kind);

#endif
