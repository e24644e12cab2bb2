/* accept.h: which manifests a client can read, as far as its request says. Private to this room. */
#ifndef V2_ACCEPT_H
#define V2_ACCEPT_H

#include "content/manifests.h"
#include "http/request.h"

/* By all lines of Accept, without parameters: a client that names a type at all can read it.
 *
 *	docker 1.6 to 1.9	no Accept, "docker/1.9.1 ..."	schema 1 alone
 *	docker 1.10 to 27	both, a line each		any
 *	skopeo, podman		both, a line each		any
 *	docker 28, containerd	schema 2, OCI			not schema 1
 *	curl, scripts		none, or a wildcard		any
 *
 * A wildcard is not the name of a type, but a client that sends one never gets schema 1 that
 * the registry has made. */
enum manifests_form accept_form(const struct request *rq);

#endif
