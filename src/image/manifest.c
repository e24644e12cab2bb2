/* manifest.c: see manifest.h. */
#include "image/manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image/manifest_descriptor.h"
#include "image/manifest_type.h"

#define DESCRIPTION "org.opencontainers.image.description"

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

/* The list of descriptors that is called `key`. */
static enum result
read_list(const struct json *root, const char *key, bool must, bool are_manifests,
    struct refs *refs, struct err *err)
{
	const struct json *list = json_get(root, key);
	struct manifest_descriptor d;
	enum result r = RC_OK;
	char what[64];
	size_t i;

	if (list == NULL && !must)
		return RC_OK;
	if (json_kind(list) != JSON_ARRAY)
		return err_set(err, RC_BAD_MANIFEST, "%s is no list", key);
	for (i = 0; r == RC_OK && i < json_length(list); i++) {
		(void)snprintf(what, sizeof(what), "%s[%zu]", key, i);
		r = manifest_descriptor_read(json_at(list, i), what, &d, err);
		if (r == RC_OK && !manifest_descriptor_is_elsewhere(&d))
			add_ref(refs, &d.digest, are_manifests);
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

/* What one client takes for an image and another for an index is two things under one
 * digest; distribution refuses it, too. */
static enum result
refuse_member(const struct json *root, const char *key, struct err *err)
{
	if (json_get(root, key) == NULL)
		return RC_OK;
	return err_set(
	    err, RC_BAD_MANIFEST, "%s has no place in this type of manifest", key);
}

static enum result
read_config(const struct json *root, struct refs *refs, struct manifest *out,
    struct err *err)
{
	struct manifest_descriptor config;
	enum result r = manifest_descriptor_read(
	    json_get(root, "config"), "config", &config, err);

	if (r != RC_OK)
		return r;
	out->has_config = true;
	out->config = config.digest;
	add_ref(refs, &out->config, false);
	if (out->artifact_type.n == 0)
		out->artifact_type = config.type;
	return RC_OK;
}

static enum result
read_image(const struct json *root, struct refs *refs, struct manifest *out,
    struct err *err)
{
	enum result r = read_version(root, err);

	if (r == RC_OK)
		r = refuse_member(root, "manifests", err);
	if (r == RC_OK)
		r = read_config(root, refs, out, err);
	if (r == RC_OK)
		r = read_list(root, "layers", true, false, refs, err);
	return r;
}

static enum result
read_index(const struct json *root, struct refs *refs, struct manifest *out,
    struct err *err)
{
	enum result r = read_version(root, err);

	if (r == RC_OK)
		r = refuse_member(root, "config", err);
	if (r == RC_OK)
		r = refuse_member(root, "layers", err);
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
	switch (manifest_type_shape(out->type)) {
	case MANIFEST_IMAGE:
		return read_image(root, refs, out, err);
	case MANIFEST_INDEX:
		return read_index(root, refs, out, err);
	case MANIFEST_ARTIFACT:
		return read_list(root, "blobs", false, false, refs, err);
	default:
		return RC_OK;
	}
}

static enum result
read_annotations(const struct json *root, struct manifest *out, struct err *err)
{
	const struct json *v = json_get(root, "annotations");

	out->description = json_text(json_get(v, DESCRIPTION));
	if (json_kind(v) == JSON_OBJECT)
		out->annotations = v;
	else if (v != NULL && manifest_type_shape(out->type) != MANIFEST_OTHER)
		return err_set(err, RC_BAD_MANIFEST, "annotations is no object");
	return RC_OK;
}

static enum result
read_subject(const struct json *root, struct manifest *out, struct err *err)
{
	const struct json *v = json_get(root, "subject");
	struct manifest_descriptor d;
	enum result r;

	if (v == NULL)
		return RC_OK;
	r = manifest_descriptor_read(v, "subject", &d, err);
	if (r != RC_OK)
		return manifest_type_shape(out->type) == MANIFEST_OTHER ? RC_OK : r;
	out->has_subject = true;
	out->subject = d.digest;
	return RC_OK;
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
	r = manifest_type_find(root, content_type, out, err);
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
	const struct json *list, *annotations;
	struct json *root;
	struct err ignored;
	const char *why;
	size_t i;

	if (!json_parse(a, index, &root, &why))
		return;
	list = json_get(root, "manifests");
	for (i = 0; i < json_length(list); i++) {
		if (manifest_descriptor_read(
			json_at(list, i), "an entry", &d, &ignored) != RC_OK ||
		    d.size < 0 || d.type.n == 0)
			continue;
		annotations = json_get(json_at(list, i), "annotations");
		if (json_kind(annotations) == JSON_OBJECT)
			d.annotations = json_print(a, annotations);
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
