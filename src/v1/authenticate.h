/* authenticate.h: who calls, and which repository the path names, by the rules of API v1
 * (auth/auth.h). Private to this room. */
#ifndef V1_AUTHENTICATE_H
#define V1_AUTHENTICATE_H

#include "api/call.h"

/* Reads the Token and the signature that the request shows. RC_NO_ROUTE: the path is one of
 * docker's index, and another index answers it. */
enum result v1_authenticate(struct call *c);

/* Reads the repository of the path. Some repositories have two spellings: the one under
 * which the store keeps it (images/repository.h) is found here, once for each request, so
 * that the name that is authorized is the name that is used. RC_BAD_NAME. */
enum result v1_read_name(struct call *c, struct str text);

/* A private repository is hidden from a caller who shows the token of another one.
 * RC_REPOSITORY_UNKNOWN. */
enum result v1_may_see(struct call *c);

#endif
