/* auth.h: who calls, and what may the caller do? Tokens of API v1.
 *
 *	AUTH_OPEN	no tokens: nginx decides which requests reach the registry
 *	AUTH_OWN	tokens that this registry gives
 *	AUTH_INDEX	tokens of another index, which is asked about each of them
 *
 * A token must name the repository of the path, if there is one, and fit the method: a token
 * for writing does not permit reading. (A docker that pushes looks for each image with it
 * first; it takes any answer but 200 for "push it", then "Image already exists" for "done".)
 * A request that is signed with the privileged key needs no token.
 *
 * A struct auth belongs to a process and serves all threads. */
#ifndef AUTH_AUTH_H
#define AUTH_AUTH_H

#include "auth/caller.h"
#include "auth/privileged.h"
#include "base/arena.h"
#include "base/err.h"

struct remote;

enum auth_mode { AUTH_OPEN, AUTH_OWN, AUTH_INDEX };

struct auth {
	enum auth_mode mode;
	struct str secret;                       /* of own tokens */
	const struct privileged_key *privileged; /* NULL: none */
	const char *index_endpoint;              /* "https://index.example.com" */
	struct remote *remote;
};

/* For a registry that asks for no token. */
extern const struct auth auth_open;

/* What a request shows. */
struct auth_request {
	struct privileged_request request; /* method, path, headers */
	struct str authorization;
};

/* Reads the Token and checks the signature of the privileged key, if there is one. *out
 * lives in the arena and as long as the request's texts. */
void auth_authenticate(const struct auth *auth, struct arena *a,
    const struct auth_request *shown, struct caller *out);

/* What the caller wants to do. */
struct auth_access {
	enum token_access need;
	const struct v1name *repository; /* of the path; NULL: it names none */
};

/* May he? Sets caller->bound, and caller->granted in AUTH_INDEX. RC_UNAUTHORIZED.
 * RC_UPSTREAM: the index does not answer, or does not answer as an index does: a status 4xx
 * is a no, anything else that is not 200 with a JSON list is RC_UPSTREAM. In AUTH_OPEN
 * always RC_OK. */
enum result auth_authorize(const struct auth *auth, struct arena *a,
    const struct auth_access *access, struct caller *caller, struct err *err);

/* Does the index let this caller use the image (GET .../layer/<id>/access)? RC_OK;
 * RC_UNAUTHORIZED: no; RC_UPSTREAM. In AUTH_OPEN and AUTH_OWN, and of a privileged caller,
 * always RC_OK. */
enum result auth_image_access(const struct auth *auth, struct arena *a,
    const struct caller *caller, const char *id, struct err *err);

#endif
