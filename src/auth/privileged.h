/* privileged.h: requests that are signed with a key of the operator's, as Docker's hosted
 * index signed its requests to registries:
 *
 *	X-Signature: signature=<any>;data=<base64>
 *
 * data is the RSA signature (PKCS#1 v1.5) over
 * "METHOD,path,X-Docker-Name:value,X-Docker-Other:value", the path without its query, the
 * headers that begin with X-Docker sorted by name. The hash is SHA-1, which docker-registry
 * since 0.7 accepts, or one of SHA-2, which 0.6 accepted as well. The signed text has no
 * time in it, so a request that was overheard can be sent again: use TLS. */
#ifndef AUTH_PRIVILEGED_H
#define AUTH_PRIVILEGED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct privileged_key;

/* Reads the public key of a PEM file: "RSA PUBLIC KEY" (PKCS#1) or "PUBLIC KEY". The caller
 * frees it with privileged_key_free(); any number of threads may use it. RC_BAD_DATA: there
 * is no public key in the text, or it is not an RSA key of 1024 to 16384 bits. */
enum result privileged_key_parse(
    struct str pem, struct privileged_key **out, struct err *err);
void privileged_key_free(struct privileged_key *key); /* NULL is fine */

struct privileged_header {
	struct str name, value; /* the name with "-" or "_", in any case */
};

struct privileged_request {
	const char *method;
	struct str path;      /* as the client sent it, without the query */
	struct str signature; /* of X-Signature */
	/* all, or only those that begin with X-Docker */
	const struct privileged_header *headers;
	size_t n_headers;
};

/* Is the request signed with this key? False, too, if two X-Docker headers have the same
 * name, since it is not known which value was signed. Always false if key is NULL. */
bool privileged_is_signed(struct arena *a, const struct privileged_key *key,
    const struct privileged_request *request);

#endif
