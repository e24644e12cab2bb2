/* registry.h: the store and the index, together.
 *
 * Every verb writes in one order: content, then the link to it, then the tag, the
 * index last. Each of them is durable when the call returns RC_OK. An index that
 * cannot be written does not fail a push: the store is the truth, the failure is
 * logged and the index is rebuilt. */
#ifndef REGISTRY_REGISTRY_H
#define REGISTRY_REGISTRY_H

struct auth;
struct index;
struct mirror_options;
struct remote;
struct signing_key;
struct store;

struct registry {
	struct store *store;
	struct index *index;
	const struct auth *auth;             /* NULL: nobody is asked for a token */
	struct remote *remote;               /* NULL: no call goes out */
	const struct mirror_options *mirror; /* NULL: no mirror */
	const struct signing_key *signing_key; /* NULL: the store keeps one */
	/* How many threads of a process may do one kind of long work (worklimit.h). 0: no limit,
	 * nor one of memory. */
	unsigned slow_requests_max;
	unsigned
	    uploads_max; /* of API v2 that may be open at once; 0: any number */
	unsigned
	    patience_ms; /* how long a request waits for memory (worklimit.h) */
	void (*index_lost)(
	    void *arg); /* the index missed a change: rebuild it; NULL is fine */
	void *arg;
};

#endif
