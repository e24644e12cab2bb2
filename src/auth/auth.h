/* auth.h: authentication and authorisation with the tokens of API v1.
 *
 *	AUTH_OPEN	no token is needed; nginx decides which clients get in
 *	AUTH_OWN	a token that berth itself has issued is needed
 *	AUTH_INDEX	a token of another index is needed; berth verifies it there
 *
 * A token must be for the repository of the path, if the path has one, and for exactly the
 * access that the method needs: a token for writing does not permit reading.
 * docker-registry did the same, and docker copes: while it pushes it looks for each image
 * with its write token, takes any status but 200 as "must be pushed", and "Image already
 * exists" as success. A request signed with the privileged key needs no token.
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
	struct str secret;                       /* signs the tokens of AUTH_OWN */
	const struct privileged_key *privileged; /* NULL: none */
	const char *index_endpoint;              /* "https://index.example.com" */
	struct remote *remote;
};

/* For a registry that needs no tokens. */
extern const struct auth auth_open;

/* The credentials of a request. */
struct auth_request {
	struct privileged_request request; /* method, path, headers */
	struct str authorization;
};

/* Parses the token and verifies the signature with the privileged key, if there are any;
 * the token is not verified yet. *out points into the arena and into the request's texts. */
void auth_authenticate(const struct auth *auth, struct arena *a,
    const struct auth_request *request, struct caller *out);

/* What the caller wants to do. */
struct auth_access {
	enum token_access need;          /* by the request's method */
	const struct v1name *repository; /* of the path; NULL: the path has none */
};

/* Does the caller have this access? Verifies the token; sets caller->bound, and in
 * AUTH_INDEX caller->granted. In AUTH_OPEN always RC_OK. RC_UNAUTHORIZED: no, or a status
 * 4xx of the index. RC_UPSTREAM: the index does not answer, or with neither 4xx nor 200 and
 * a JSON list. */
enum result auth_authorize(const struct auth *auth, struct arena *a,
    const struct auth_access *access, struct caller *caller, struct err *err);

/* Does the index let this caller use the image (GET .../layer/<id>/access)? Always RC_OK in
 * AUTH_OPEN and AUTH_OWN, and for a privileged caller. RC_UNAUTHORIZED: no. RC_UPSTREAM. */
enum result auth_image_access(const struct auth *auth, struct arena *a,
    const struct caller *caller, const char *id, struct err *err);

#endif
