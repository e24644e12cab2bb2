/* v2-image-test.h: an image of API v2 as tests push it: a config and a layer, both texts, and
 * a manifest of them. */
#ifndef V2_IMAGE_TEST_H
#define V2_IMAGE_TEST_H

#include "image/digest.h"
#include "store-test.h"
#include "store/blob.h"

static inline struct digest
sha256(const char *text)
{
	struct digest d;

	digest_of(HASH_SHA256, str_of(text), &d);
	return d;
}

static inline const char *
descriptor(const char *type, const char *text)
{
	struct digest d = sha256(text);

	return arena_printf(arena,
	    "{\"mediaType\": \"%s\", \"digest\": \"%s\", \"size\": %zu}", type,
	    digest_text(arena, &d), strlen(text));
}

static inline const char *
manifest_of(const char *config, const char *layer)
{
	return arena_printf(arena,
	    "{\"schemaVersion\": 2, \"config\": %s, \"layers\": [%s]}",
	    descriptor("application/vnd.oci.image.config.v1+json", config),
	    descriptor("application/vnd.oci.image.layer.v1.tar", layer));
}

/* Does the repository have the blob, with these bytes? */
static inline bool
has_blob(const char *name, const char *text)
{
	struct digest d = sha256(text);
	struct store_blob blob;
	const char *got;

	if (store_blob_find(store, arena, name, &d, &blob, &err) != RC_OK)
		return false;
	got = read_text(blob.file.name);
	return got != NULL && strcmp(got, text) == 0;
}

#endif
