/* privileged.h: requests that are signed with the operator's own key, as the old hosted
 * index signed them:
 *
 *	X-Signature: signature=<any>;data=<base64>
 *
 * data is the RSA signature (PKCS#1 v1.5) over
 * "METHOD,path,X-Docker-Name:value,X-Docker-Other:value", the path without its query, the
 * headers that begin with X-Docker sorted by name. SHA-1, as 0.7 and later made it, or
 * any SHA-2, as 0.6 took it too. The signature has no date: everybody who has seen such a
 * request can send it again, so use TLS. */
#ifndef AUTH_PRIVILEGED_H
#define AUTH_PRIVILEGED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct privileged_key;

/* Reads the public key of a PEM file: "RSA PUBLIC KEY" (PKCS#1) or "PUBLIC KEY". Free it with
 * privileged_key_free(); any number of threads may use it. RC_BAD_DATA: the text has no
 * key, or not an RSA key of 1024 to 16384 bits. */
enum result privileged_key_parse(
    struct str pem, struct privileged_key **out, struct err *err);
void privileged_key_free(struct privileged_key *key); /* NULL is fine */

struct privileged_header {
	struct str name, value; /* the name as it was sent: "-" or "_", any case */
};

struct privileged_request {
	const char *method;
	struct str path;      /* as the client sent it, without the query */
	struct str signature; /* of X-Signature */
	const struct privileged_header *headers; /* all, or those that matter */
	size_t n_headers;
};

/* False: the request is not signed, malformed, signed with another key, or has two X-Docker
 * headers of the same name. key may be NULL: then the result is false. */
bool privileged_is_signed(struct arena *a, const struct privileged_key *key,
    const struct privileged_request *request);

#endif
