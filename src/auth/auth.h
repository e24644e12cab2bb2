/* auth.h: may this request be? Tokens of registry v1.
 *
 *	AUTH_OPEN	nobody is asked for a token: nginx says who comes in
 *	AUTH_OWN	the tokens that berth itself hands out are asked for
 *	AUTH_INDEX	the tokens of another index, which is asked about each
 *
 * A token must name the path's repository, if the path names one, and fit the method: one
 * for writing does not read. A docker that pushes looks for each image with it first and
 * takes any answer but 200 for "push it", then "Image already exists" for "done". A
 * request signed with the privileged key needs no token.
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

/* Everybody comes in. */
extern const struct auth auth_open;

struct auth_request {
	struct privileged_request request; /* method, path, headers */
	struct str authorization;
	const struct v1name *repository; /* of the path; NULL: it names none */
	enum token_access need;
};

/* RC_UNAUTHORIZED; RC_UPSTREAM: the index cannot be asked, or says what no index says, and
 * nobody comes in: its 4xx is a no, all else that is not 200 with a JSON list is RC_UPSTREAM.
 * In AUTH_OPEN always RC_OK, with what the token says in *out, unchecked. *out lives in
 * the arena and as long as the request's texts. */
enum result auth_admit(const struct auth *auth, struct arena *a,
    const struct auth_request *request, struct caller *out, struct err *err);

/* Does the index let this caller use the image (GET .../layer/<id>/access)? RC_OK;
 * RC_UNAUTHORIZED: no; RC_UPSTREAM. In AUTH_OPEN and AUTH_OWN, and of a privileged caller,
 * always RC_OK. */
enum result auth_image_access(const struct auth *auth, struct arena *a,
    const struct caller *caller, const char *id, struct err *err);

#endif
