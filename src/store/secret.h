/* secret.h: small secrets of the registry, such as keys, that nobody but berth may read. A
 * secret is made when it is needed for the first time and never changes, so all processes
 * have the same one, also after a restart. */
#ifndef STORE_SECRET_H
#define STORE_SECRET_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/store.h"

#define STORE_SECRET_MAX ((size_t)64 << 10) /* bytes */

enum store_secret {
	STORE_SECRET_SIGNING_KEY /* signs manifests of schema 1; PEM */
};

/* RC_NOT_FOUND: it was not made yet. RC_TOO_LARGE: more than STORE_SECRET_MAX bytes are there. */
enum result store_secret_read(const struct store *st, struct arena *a,
    enum store_secret which, struct str *out, struct err *err);

/* Makes it, durably. If another thread or process was first, that one stays: read the secret
 * afterwards to know which it is. */
enum result store_secret_make(const struct store *st, enum store_secret which,
    struct str bytes, struct err *err);

/* What an operator knows it by, for messages: "_berth/schema1.pem". */
const char *store_secret_name(enum store_secret which);

#endif
