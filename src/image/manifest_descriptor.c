/* manifest_descriptor.c: see manifest_descriptor.h. */
#include "image/manifest_descriptor.h"

#include "base/json_slice.h"

static const char *const elsewhere[] = {
    "application/vnd.docker.image.rootfs.foreign.",
    "application/vnd.oci.image.layer.nondistributable.",
};

static enum result
read_size(struct str size, long long *out, struct err *err)
{
	*out = -1;
	if (json_slice_kind(size) == JSON_NONE)
		return RC_OK;
	if (json_slice_int(size, out) && *out >= 0)
		return RC_OK;
	return err_set(err, RC_BAD_MANIFEST,
	    "must have a size that is a whole number, 0 or more");
}

enum result
manifest_descriptor_read(struct arena *a, struct str v,
    struct manifest_descriptor *out, struct str *digest, struct err *err)
{
	struct str name, type, artifact_type, size, annotations;
	const struct json_pick wanted[] = {
	    {"digest", &name},
	    {"mediaType", &type},
	    {"artifactType", &artifact_type},
	    {"size", &size},
	    {"annotations", &annotations},
	};
	struct err ignored;
	enum result r;

	if (!json_slice_pick(v, wanted, sizeof(wanted) / sizeof(wanted[0])))
		return err_set(err, RC_BAD_MANIFEST,
		    "must be a descriptor: an object with a digest");
	*digest = json_slice_text(a, name);
	r = digest_parse(*digest, &out->digest, &ignored);
	if (r != RC_OK && r != RC_OTHER_DIGEST)
		return err_set(err, RC_BAD_MANIFEST,
		    "must have a digest: sha256: and 64 digits, or sha512: and 128, "
		    "in lower case");

	out->type = json_slice_text(a, type);
	out->artifact_type = json_slice_text(a, artifact_type);
	out->annotations = json_slice_kind(annotations) == JSON_OBJECT
			       ? annotations
			       : str_of(NULL);
	return read_size(size, &out->size, err);
}

bool
manifest_descriptor_is_elsewhere(const struct manifest_descriptor *d)
{
	size_t i;

	for (i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		if (str_starts(d->type, elsewhere[i]))
			return true;
	return false;
}
