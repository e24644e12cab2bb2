/* registry.h: the store and the index, and what else the verbs work with.
 *
 * Every verb writes in one order: content, then the link to it, then the tag, the
 * index last. Each of them is durable when the call returns RC_OK. A change that the index
 * misses does not fail a push: the store is what counts, and the index is corrected from
 * it later (indexing.h). */
#ifndef REGISTRY_REGISTRY_H
#define REGISTRY_REGISTRY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct auth;
struct index;
struct mirror_options;
struct remote;
struct signing_key;
struct store;
struct v1chain_platform;

/* How many threads of this process do one kind of work at this moment (worklimit.h). */
struct worklimit {
	atomic_uint taken;
};

/* What was found a moment ago (recently.h). */
#define REGISTRY_RECENT_PLACES 256
struct recently {
	_Atomic uint64_t places[REGISTRY_RECENT_PLACES];
};

struct registry {
	struct store *store;
	struct index *index;
	const struct auth *auth;             /* never NULL: else auth_open */
	struct remote *remote;               /* outgoing calls; NULL: none */
	const struct mirror_options *mirror; /* NULL: no mirror */

	/* NULL: the store keeps one (content/signature.h). */
	const struct signing_key *signing_key;

	/* How many threads of a process may do one kind of work that takes long. 0: any
	 * number, with any amount of memory. */
	unsigned slow_requests_max;
	struct worklimit reserving; /* requests with reserved memory */
	struct worklimit
	    followers;        /* requests that send a layer while it is fetched */
	unsigned patience_ms; /* how long a request waits for memory */
	unsigned uploads_max; /* open upload sessions of API v2; 0: any number */

	/* Milliseconds for which an image of API v1 that was compared with the record of its form
	 * in API v2 counts as unchanged. 0: it is compared for each request. */
	unsigned recently_ms;
	struct recently recently;

	/* For which platform dockers of API v1 and schema 1 get images; NULL: linux, amd64. */
	const struct v1chain_platform *platform;
	bool no_schema1; /* API v2 is hidden from docker 1.6 to 1.9 */

	/* A tag of API v1 was set: its repository has been asked for (store/bridge.h), and is to
	 * get its form in API v2 soon. NULL: the first request for it makes it. */
	void (*bridge_asked)(void *arg);

	/* The index missed a change of the repositories that have a mark (store/mark.h), or, if
	 * `all`, of any: reindex.h corrects it. NULL: nobody does. */
	void (*index_lost)(void *arg, bool all);
	void *arg;
};

#endif
