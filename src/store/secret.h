/* secret.h: small files below _berth/ that only berth's user may read: keys. Made once,
 * by whoever needs one first, and never changed: all processes and all later starts have
 * the same. */
#ifndef STORE_SECRET_H
#define STORE_SECRET_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/store.h"

#define SECRET_SIGNING_KEY "schema1.pem"

/* RC_ABSENT: nobody has made it yet. RC_TOO_LARGE: above limit bytes. */
enum result secret_read(const struct store *st, struct arena *a, const char *name,
    size_t limit, struct str *out, struct err *err);

/* Makes it, durably, with mode 0600. If another thread or process was first its file
 * stays: who needs the secret reads it afterwards. */
enum result secret_make(
    const struct store *st, const char *name, struct str bytes, struct err *err);

#endif
