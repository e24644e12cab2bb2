/* manifest.c: see manifest.h. */
#include "image/manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DOCKER_MANIFEST "application/vnd.docker.distribution.manifest.v2+json"
#define DOCKER_LIST     "application/vnd.docker.distribution.manifest.list.v2+json"
#define OCI_MANIFEST    "application/vnd.oci.image.manifest.v1+json"
#define OCI_ARTIFACT    "application/vnd.oci.artifact.manifest.v1+json"

#define DESCRIPTION "org.opencontainers.image.description"

enum shape { SHAPE_OTHER, SHAPE_IMAGE, SHAPE_INDEX, SHAPE_ARTIFACT };

static const struct {
	const char *type;
	enum shape shape;
} known[] = {
    {DOCKER_MANIFEST, SHAPE_IMAGE},
    {DOCKER_LIST, SHAPE_INDEX},
    {OCI_MANIFEST, SHAPE_IMAGE},
    {MANIFEST_OCI_INDEX, SHAPE_INDEX},
    {OCI_ARTIFACT, SHAPE_ARTIFACT},
};

/* Layers that a registry need not have: they are fetched from elsewhere. */
static const char *const elsewhere[] = {
    "application/vnd.docker.image.rootfs.foreign.",
    "application/vnd.oci.image.layer.nondistributable.",
};

static bool
same_type(struct str a, struct str b)
{
	return a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

static enum shape
shape_of(struct str type)
{
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (same_type(type, str_of(known[i].type)))
			return known[i].shape;
	return SHAPE_OTHER;
}

/* ---- the media type ---- */

static struct str
derived_type(const struct json *root)
{
	bool index = json_kind(json_get(root, "manifests")) == JSON_ARRAY;

	return str_of(index ? MANIFEST_OCI_INDEX : OCI_MANIFEST);
}

bool
manifest_type(struct arena *a, struct str bytes, struct str *out)
{
	struct json *root;
	const char *why;

	if (!json_parse(a, bytes, &root, &why)) {
		*out = str_of(OCI_MANIFEST);
		return false;
	}
	*out = json_text(json_get(root, "mediaType"));
	if (out->n > 0)
		return true;
	*out = derived_type(root);
	return false;
}

static enum result
find_type(const struct json *root, struct str content_type, struct manifest *out,
    struct err *err)
{
	const struct json *own = json_get(root, "mediaType");
	struct str told = str_trim(str_cut(&content_type, ';'));

	if (own != NULL && json_kind(own) != JSON_STRING)
		return err_set(err, RC_BAD_MANIFEST, "mediaType is no text");
	out->type = json_text(own);
	if (out->type.n > 0 && told.n > 0 && !same_type(out->type, told))
		return err_set(err, RC_BAD_MANIFEST,
		    "Content-Type is %.*s, mediaType %.*s", STR_ARG(told),
		    STR_ARG(out->type));
	if (out->type.n > 0)
		return RC_OK;
	out->type_told = told.n > 0 && !same_type(told, derived_type(root));
	out->type = out->type_told ? told : derived_type(root);
	return RC_OK;
}

/* ---- what it refers to ---- */

/* Refs on their way into the manifest. */
struct refs {
	struct arena *arena;
	struct manifest_ref *all;
	size_t n, size;
};

static void
add_ref(struct refs *refs, const struct digest *d, bool is_manifest)
{
	struct manifest_ref *more;

	if (refs->n == refs->size) {
		refs->size = 2 * refs->size + 32;
		more = arena_alloc(refs->arena, refs->size * sizeof(*more));
		if (refs->n > 0)
			memcpy(more, refs->all, refs->n * sizeof(*more));
		refs->all = more;
	}
	refs->all[refs->n++] = (struct manifest_ref){*d, is_manifest};
}

/* A descriptor (image-spec, descriptor.md); what: how it is called in err. */
static enum result
read_descriptor(
    const struct json *v, const char *what, struct digest *out, struct err *err)
{
	const struct json *size = json_get(v, "size");
	struct err ignored;
	long long bytes;

	if (json_kind(v) != JSON_OBJECT)
		return err_set(err, RC_BAD_MANIFEST, "%s is no descriptor", what);
	if (digest_parse(json_text(json_get(v, "digest")), out, &ignored) != RC_OK)
		return err_set(err, RC_BAD_MANIFEST,
		    "%s: the digest is none of sha256 or sha512", what);
	if (size != NULL && (!json_int(size, &bytes) || bytes < 0))
		return err_set(
		    err, RC_BAD_MANIFEST, "%s: the size is no length", what);
	return RC_OK;
}

static bool
is_elsewhere(const struct json *descriptor)
{
	struct str type = json_text(json_get(descriptor, "mediaType"));
	size_t i;

	for (i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		if (str_starts(type, elsewhere[i]))
			return true;
	return false;
}

/* The list of descriptors that is called `key`. */
static enum result
read_list(const struct json *root, const char *key, bool must, bool are_manifests,
    struct refs *refs, struct err *err)
{
	const struct json *list = json_get(root, key);
	enum result r = RC_OK;
	struct digest d;
	char what[64];
	size_t i;

	if (list == NULL && !must)
		return RC_OK;
	if (json_kind(list) != JSON_ARRAY)
		return err_set(err, RC_BAD_MANIFEST, "%s is no list", key);
	for (i = 0; r == RC_OK && i < json_length(list); i++) {
		(void)snprintf(what, sizeof(what), "%s[%zu]", key, i);
		r = read_descriptor(json_at(list, i), what, &d, err);
		if (r == RC_OK && !is_elsewhere(json_at(list, i)))
			add_ref(refs, &d, are_manifests);
	}
	return r;
}

static int
by_digest(const void *a, const void *b)
{
	const struct manifest_ref *one = a, *other = b;

	if (one->digest.kind != other->digest.kind)
		return one->digest.kind < other->digest.kind ? -1 : 1;
	return strcmp(one->digest.hex, other->digest.hex);
}

static void
hand_over(struct refs *refs, struct manifest *out)
{
	size_t i, n = 0;

	if (refs->n > 0)
		qsort(refs->all, refs->n, sizeof(refs->all[0]), by_digest);
	for (i = 0; i < refs->n; i++)
		if (i == 0 || by_digest(&refs->all[i], &refs->all[n - 1]) != 0)
			refs->all[n++] = refs->all[i];
	out->refs = refs->all;
	out->n_refs = n;
}

/* ---- the shapes ---- */

static enum result
read_version(const struct json *root, struct err *err)
{
	long long version;

	if (json_int(json_get(root, "schemaVersion"), &version) && version == 2)
		return RC_OK;
	return err_set(err, RC_BAD_MANIFEST, "schemaVersion is not 2");
}

static enum result
read_image(const struct json *root, struct refs *refs, struct manifest *out,
    struct err *err)
{
	const struct json *config = json_get(root, "config");
	enum result r = read_version(root, err);

	if (r == RC_OK)
		r = read_descriptor(config, "config", &out->config, err);
	if (r != RC_OK)
		return r;
	out->has_config = true;
	add_ref(refs, &out->config, false);
	if (out->artifact_type.n == 0)
		out->artifact_type = json_text(json_get(config, "mediaType"));
	return read_list(root, "layers", true, false, refs, err);
}

static enum result
read_index(const struct json *root, struct refs *refs, struct manifest *out,
    struct err *err)
{
	enum result r = read_version(root, err);

	if (r == RC_OK)
		r = read_list(root, "manifests", true, true, refs, err);
	if (r == RC_OK && refs->n > 0) {
		out->has_child = true;
		out->child = refs->all[0].digest;
	}
	return r;
}

static enum result
read_shape(const struct json *root, struct refs *refs, struct manifest *out,
    struct err *err)
{
	switch (shape_of(out->type)) {
	case SHAPE_IMAGE:
		return read_image(root, refs, out, err);
	case SHAPE_INDEX:
		return read_index(root, refs, out, err);
	case SHAPE_ARTIFACT:
		return read_list(root, "blobs", false, false, refs, err);
	default:
		return RC_OK;
	}
}

static enum result
read_annotations(const struct json *root, struct manifest *out, struct err *err)
{
	const struct json *v = json_get(root, "annotations");

	if (v == NULL)
		return RC_OK;
	if (json_kind(v) == JSON_OBJECT) {
		out->annotations = v;
		out->description = json_text(json_get(v, DESCRIPTION));
	} else if (shape_of(out->type) != SHAPE_OTHER) {
		return err_set(err, RC_BAD_MANIFEST, "annotations is no object");
	}
	return RC_OK;
}

static enum result
read_subject(const struct json *root, struct manifest *out, struct err *err)
{
	const struct json *v = json_get(root, "subject");
	enum result r;

	if (v == NULL)
		return RC_OK;
	r = read_descriptor(v, "subject", &out->subject, err);
	out->has_subject = r == RC_OK;
	return r == RC_OK || shape_of(out->type) != SHAPE_OTHER ? r : RC_OK;
}

enum result
manifest_parse(struct arena *a, struct str bytes, struct str content_type,
    struct manifest *out, struct err *err)
{
	struct refs refs = {.arena = a};
	struct json *root;
	const char *why;
	enum result r;

	memset(out, 0, sizeof(*out));
	if (!json_parse(a, bytes, &root, &why))
		return err_set(err, RC_BAD_MANIFEST, "no JSON: %s", why);
	if (json_kind(root) != JSON_OBJECT)
		return err_set(err, RC_BAD_MANIFEST, "no JSON object");
	r = find_type(root, content_type, out, err);
	if (r != RC_OK)
		return r;
	out->artifact_type = json_text(json_get(root, "artifactType"));
	r = read_annotations(root, out, err);
	if (r == RC_OK)
		r = read_subject(root, out, err);
	if (r == RC_OK)
		r = read_shape(root, &refs, out, err);
	if (r == RC_OK)
		hand_over(&refs, out);
	return r;
}

/* ---- smaller questions ---- */

void
manifest_each_entry(struct arena *a, struct str index,
    bool (*visit)(void *arg, const struct manifest_descriptor *d), void *arg)
{
	struct manifest_descriptor d;
	const struct json *list, *v;
	struct json *root;
	struct err ignored;
	const char *why;
	size_t i;

	if (!json_parse(a, index, &root, &why))
		return;
	list = json_get(root, "manifests");
	for (i = 0; i < json_length(list); i++) {
		v = json_at(list, i);
		if (read_descriptor(v, "an entry", &d.digest, &ignored) != RC_OK ||
		    !json_int(json_get(v, "size"), &d.size))
			continue;
		d.type = json_text(json_get(v, "mediaType"));
		d.artifact_type = json_text(json_get(v, "artifactType"));
		d.annotations = json_get(v, "annotations");
		if (json_kind(d.annotations) != JSON_OBJECT)
			d.annotations = NULL;
		if (!visit(arg, &d))
			return;
	}
}

struct str
manifest_config_description(struct arena *a, struct str config)
{
	const struct json *labels;
	struct json *root;
	const char *why;

	if (!json_parse(a, config, &root, &why))
		return str_of(NULL);
	labels = json_get(json_get(root, "config"), "Labels");
	return json_text(json_get(labels, DESCRIPTION));
}
