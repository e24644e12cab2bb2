/* signature.h: the signatures of schema 1 manifests. They are checked on the way in, and
 * only the payload is stored, as distribution 2.x stores it; on the way out the registry
 * signs it again with a key of its own. So the digest of a manifest does not depend on its
 * signers, and each of the two servers can read the store of the other. Private to
 * this room. */
#ifndef CONTENT_SIGNATURE_H
#define CONTENT_SIGNATURE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "registry/task.h"

/* The payload of a signed manifest. RC_BAD_MANIFEST: not signed, or not in the form that
 * pretty_jws.h describes. RC_UNVERIFIED: one of the signatures is wrong. */
enum result signature_check(
    struct arena *a, struct str body, struct str *payload, struct err *err);

/* Makes of a stored manifest of schema 1 what clients want: signed bytes, with the
 * type of signed manifests. Two things stay as they are, byte for byte: what an
 * earlier berth stored together with the client's signatures, under the digest of
 * both; and what is not a JSON object. RC_IO. */
enum result signature_add(
    const struct task *t, struct str *bytes, struct str *type);

#endif
