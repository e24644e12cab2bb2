/* api_both.h: both APIs in one process (api.h): rows of either, and images that are pushed
 * through API v2 with a config, so that API v1 can have them too. */
#ifndef LIB_API_BOTH_H
#define LIB_API_BOTH_H

#include "lib/api.h"

#define DOCKER_MANIFEST "application/vnd.docker.distribution.manifest.v2+json"
#define DOCKER_LAYER    "application/vnd.docker.image.rootfs.diff.tar.gzip"
#define DOCKER_FOREIGN  "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
#define OCI_ZSTD        "application/vnd.oci.image.layer.v1.tar+zstd"

/* The index is complete, as that of a registry that has been running for a while. */
void setup_both(void);

/* Sends a request whose body may hold any byte; ends the test if the status is another one. */
void must_send(const char *method, const char *target, struct str body, int status);

/* Each returns the digest. */
const char *send_blob(const char *name, struct str bytes);
const char *send_manifest(const char *name, const char *reference, const char *type,
    const char *manifest);

struct bridged {
	const char *name, *tag; /* of API v2 */
	const char *config;
	const char *layers[4]; /* their bytes; NULL ends them */
	const char *type;      /* of the layers; NULL: DOCKER_LAYER */
};

/* Pushes the image, and returns the digest of its manifest. */
const char *send_image(const struct bridged *image);

/* A config for linux and amd64, with n elements of history that have a layer and one that has
 * none. `what` makes it another one. */
const char *config_of(const char *what, size_t n);

/* The id that the tag has in API v1: "team/app", "latest". NULL: none, or not there. */
const char *v1_id(const char *name, const char *tag);

/* The digest that the tag has in API v2; NULL. */
const char *v2_digest(const char *name, const char *tag);

/* The bytes of the last reply's file, NUL bytes too. */
struct str reply_file(void);

#endif
