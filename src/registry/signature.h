/* signature.h: the signatures of schema 1 manifests. They are checked on the way in, and
 * only the payload is stored, as distribution 2.x stores it; on the way out the registry
 * signs it again with a key of its own. So a manifest keeps its digest, whoever signed it,
 * and each server reads the other's store. */
#ifndef REGISTRY_SIGNATURE_H
#define REGISTRY_SIGNATURE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "registry/registry.h"

/* The payload of a signed manifest. RC_BAD_MANIFEST: not signed, or not in the form that
 * pretty_jws.h describes. RC_UNVERIFIED: one of the signatures is wrong. */
enum result signature_check(
    struct arena *a, struct str body, struct str *payload, struct err *err);

/* A stored manifest of schema 1 as clients want it, signed. An earlier berth stored
 * the whole body that the client had signed, under the digest of that: it stays as it is,
 * byte for byte, and so does what is not a JSON object. *type becomes that of a signed one. RC_IO. */
enum result signature_add(struct registry *reg, struct arena *a, struct str *bytes,
    struct str *type, struct err *err);

#endif
