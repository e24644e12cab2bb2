/* secret.h: small files in _berth/ that only berth's user may read: keys. Such a file is
 * made when it is needed first, and never changed: all processes have the same, also after
 * a restart. */
#ifndef STORE_SECRET_H
#define STORE_SECRET_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/store.h"

#define SECRET_SIGNING_KEY "schema1.pem"

/* RC_NOT_FOUND: it was not made yet. RC_TOO_LARGE: it is larger than `limit` bytes. */
enum result store_secret_read(const struct store *st, struct arena *a,
    const char *name, size_t limit, struct str *out, struct err *err);

/* Makes it, durably, with mode 0600. If another thread or process was first, that file
 * stays: read the secret afterwards to know which one is there. */
enum result store_secret_make(
    const struct store *st, const char *name, struct str bytes, struct err *err);

#endif
