/* v2_image.c: see v2_image.h. */
#include "lib/v2_image.h"
#include "lib/repository.h"

#include "lib/store.h"
#include "store/blob.h"

const char *
descriptor(const char *type, const char *text)
{
	struct digest d = sha256(text);

	return arena_printf(arena,
	    "{\"mediaType\": \"%s\", \"digest\": \"%s\", \"size\": %zu}", type,
	    digest_text(arena, &d), strlen(text));
}

const char *
manifest_of(const char *config, const char *layer)
{
	return arena_printf(arena,
	    "{\"schemaVersion\": 2, \"config\": %s, \"layers\": [%s]}",
	    descriptor("application/vnd.oci.image.config.v1+json", config),
	    descriptor("application/vnd.oci.image.layer.v1.tar", layer));
}

bool
has_blob(const char *name, const char *text)
{
	struct digest d = sha256(text);
	struct store_blob blob;
	const char *got;

	if (store_blob_find(repository(name), &d, &blob, &err) != RC_OK)
		return false;
	got = read_text(store_content_uri(blob.content));
	return got != NULL && strcmp(got, text) == 0;
}
