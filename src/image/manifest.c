/* manifest.c: see manifest.h.
 *
 * A manifest is read in this order: check that the bytes are JSON and an object; find the
 * slices of all members of interest in one pass (read_members); decide the type from
 * mediaType, Content-Type or the members (manifest_type.c); then, by the shape that belongs
 * to the type, check the members and collect the digests they refer to. The shape of an
 * unknown type is not checked: any tool may store its own kind of manifest.
 *
 * What the checks refuse is what clients could read in two ways: a document that is an image
 * to one client and an index to another must not have one digest. */
#include "image/manifest.h"

#include <string.h>

#include "base/json_slice.h"
#include "image/manifest_descriptor.h"
#include "image/manifest_type.h"

#define DESCRIPTION "org.opencontainers.image.description"

/* The members of a manifest that are read, each a slice of its JSON. */
struct members {
	struct manifest_type_members type;
	struct str artifact_type, config, layers, manifests, blobs, subject,
	    annotations;
};

/* A manifest that is being read. */
struct reading {
	struct arena *arena;
	struct members m;
	struct str *refs;
	size_t n_refs;
	struct manifest *out;
};

/* False: it is not an object. */
static bool
read_members(struct str root, struct members *m)
{
	const struct json_pick wanted[] = {
	    {"mediaType", &m->type.type},
	    {"schemaVersion", &m->type.version},
	    {"signatures", &m->type.signatures},
	    {"artifactType", &m->artifact_type},
	    {"config", &m->config},
	    {"layers", &m->layers},
	    {"manifests", &m->manifests},
	    {"blobs", &m->blobs},
	    {"subject", &m->subject},
	    {"annotations", &m->annotations},
	};
	bool is_object = json_slice_pick(
	    root, wanted, sizeof(wanted) / sizeof(wanted[0]));

	m->type.manifests = m->manifests;
	return is_object;
}

static bool
is_null(struct str v)
{
	return json_slice_kind(v) == JSON_NONE;
}

/* ---- references ---- */

/* Adds the digests of a list of descriptors; null is an empty list. `key` is its name, for
 * errors. */
static enum result
read_list(struct reading *rd, struct str list, const char *key, struct err *err)
{
	struct json_walk walk = json_slice_walk(list);
	struct manifest_descriptor d;
	struct str digest;
	struct err why;
	size_t i;

	if (!is_null(list) && json_slice_kind(list) != JSON_ARRAY)
		return err_set(
		    err, RC_BAD_MANIFEST, "%s must be a list of descriptors", key);
	for (i = 0; json_slice_next(&walk); i++) {
		if (manifest_descriptor_read(
			rd->arena, walk.value, &d, &digest, &why) != RC_OK)
			return err_set(
			    err, RC_BAD_MANIFEST, "%s[%zu] %s", key, i, why.text);
		if (!manifest_descriptor_is_elsewhere(&d))
			rd->refs[rd->n_refs++] = digest;
	}
	return RC_OK;
}

/* Allocates the references: one for each element of the list, and one for the config. */
static void
alloc_refs(struct reading *rd, struct str list)
{
	rd->refs = arena_alloc(
	    rd->arena, (json_slice_count(list) + 1) * sizeof(*rd->refs));
}

static void
set_refs(struct reading *rd)
{
	rd->out->refs = rd->refs;
	rd->out->n_refs = str_sort_unique(rd->refs, rd->n_refs);
}

/* ---- the shapes ---- */

static enum result
read_version(const struct reading *rd, struct err *err)
{
	long long version;

	if (json_slice_int(rd->m.type.version, &version) && version == 2)
		return RC_OK;
	return err_set(err, RC_BAD_MANIFEST, "schemaVersion must be 2");
}

/* A document with the members of an image and of an index would be read as either, depending
 * on the client. distribution refuses it, too. */
static enum result
refuse_member(struct str v, const char *key, const char *type, struct err *err)
{
	if (is_null(v))
		return RC_OK;
	return err_set(
	    err, RC_BAD_MANIFEST, "%s must not have the member %s", type, key);
}

static enum result
read_config(struct reading *rd, struct err *err)
{
	struct manifest_descriptor config;
	struct str digest;
	struct err why;

	if (manifest_descriptor_read(
		rd->arena, rd->m.config, &config, &digest, &why) != RC_OK)
		return err_set(err, RC_BAD_MANIFEST, "config %s", why.text);
	rd->refs[rd->n_refs++] = digest;
	if (rd->out->artifact_type.n == 0)
		rd->out->artifact_type = config.type;
	return RC_OK;
}

static enum result
read_image(struct reading *rd, struct err *err)
{
	enum result r = read_version(rd, err);

	alloc_refs(rd, rd->m.layers);
	if (r == RC_OK)
		r = refuse_member(
		    rd->m.manifests, "manifests", "a manifest of an image", err);
	if (r == RC_OK)
		r = read_config(rd, err);
	if (r == RC_OK)
		r = read_list(rd, rd->m.layers, "layers", err);
	return r;
}

static enum result
read_index(struct reading *rd, struct err *err)
{
	enum result r = read_version(rd, err);

	alloc_refs(rd, rd->m.manifests);
	rd->out->refs_are_manifests = true;
	if (r == RC_OK)
		r = refuse_member(rd->m.config, "config", "an index", err);
	if (r == RC_OK)
		r = refuse_member(rd->m.layers, "layers", "an index", err);
	if (r == RC_OK && rd->m.manifests.n == 0)
		return err_set(err, RC_BAD_MANIFEST,
		    "an index must have the member manifests");
	if (r == RC_OK)
		r = read_list(rd, rd->m.manifests, "manifests", err);
	return r;
}

static enum result
read_artifact(struct reading *rd, struct err *err)
{
	alloc_refs(rd, rd->m.blobs);
	return read_list(rd, rd->m.blobs, "blobs", err);
}

static enum result
read_shape(struct reading *rd, struct err *err)
{
	switch (manifest_type_shape(rd->out->type)) {
	case MANIFEST_IMAGE:
		return read_image(rd, err);
	case MANIFEST_INDEX:
		return read_index(rd, err);
	case MANIFEST_ARTIFACT:
		return read_artifact(rd, err);
	default:
		return RC_OK;
	}
}

static enum result
read_annotations(struct reading *rd, struct err *err)
{
	struct str v = rd->m.annotations;
	struct manifest *out = rd->out;

	if (json_slice_kind(v) == JSON_OBJECT)
		out->annotations = v;
	else if (!is_null(v) && manifest_type_shape(out->type) != MANIFEST_OTHER)
		return err_set(
		    err, RC_BAD_MANIFEST, "annotations must be an object");
	return RC_OK;
}

static enum result
read_subject(struct reading *rd, struct err *err)
{
	struct manifest *out = rd->out;
	struct manifest_descriptor d;
	struct err why;

	if (is_null(rd->m.subject))
		return RC_OK;
	out->has_subject = manifest_descriptor_read(rd->arena, rd->m.subject, &d,
			       &out->subject, &why) == RC_OK;
	if (!out->has_subject && manifest_type_shape(out->type) != MANIFEST_OTHER)
		return err_set(err, RC_BAD_MANIFEST, "subject %s", why.text);
	return RC_OK;
}

enum result
manifest_check_json(struct str bytes, struct str *root, struct err *err)
{
	struct json_fault fault;

	if (json_slice_check(bytes, root, &fault))
		return RC_OK;
	return err_set(err, RC_BAD_MANIFEST,
	    "a manifest must be JSON: %s at byte %zu", fault.why, fault.at);
}

static enum result
read_all(struct reading *rd, struct str bytes, struct err *err)
{
	struct str root;
	enum result r = manifest_check_json(bytes, &root, err);

	if (r == RC_OK && !read_members(root, &rd->m))
		return err_set(
		    err, RC_BAD_MANIFEST, "a manifest must be a JSON object");
	return r;
}

enum result
manifest_parse(struct arena *a, struct str bytes, struct str content_type,
    struct manifest *out, struct err *err)
{
	struct reading rd = {.arena = a, .out = out};
	enum result r = read_all(&rd, bytes, err);

	memset(out, 0, sizeof(*out));
	if (r == RC_OK)
		r = manifest_type_find(a, &rd.m.type, content_type, out, err);
	if (r != RC_OK)
		return r;
	out->artifact_type = json_slice_text(a, rd.m.artifact_type);
	r = read_annotations(&rd, err);
	if (r == RC_OK)
		r = read_subject(&rd, err);
	if (r == RC_OK)
		r = read_shape(&rd, err);
	if (r == RC_OK)
		set_refs(&rd);
	return r;
}

/* ---- the description ---- */

/* The digest of a descriptor. False: there is none, or berth does not compute its
 * algorithm. */
static bool
read_digest(struct arena *a, struct str descriptor, struct digest *out)
{
	struct str text = json_slice_text(a, json_slice_get(descriptor, "digest"));
	struct err ignored;

	return digest_parse(text, out, &ignored) == RC_OK;
}

void
manifest_description_read(
    struct arena *a, struct str bytes, struct manifest_description *out)
{
	struct str annotations, config, children;
	const struct json_pick wanted[] = {
	    {"annotations", &annotations},
	    {"config", &config},
	    {"manifests", &children},
	};
	struct json_fault fault;
	struct json_walk walk;

	*out = (struct manifest_description){.text = str_of(NULL)};
	if (!json_slice_check(bytes, &bytes, &fault))
		return;
	(void)json_slice_pick(bytes, wanted, sizeof(wanted) / sizeof(wanted[0]));
	out->text = json_slice_text(a, json_slice_get(annotations, DESCRIPTION));
	out->has_config = read_digest(a, config, &out->config);
	walk = json_slice_walk(children);
	if (!walk.in_object && json_slice_next(&walk))
		out->has_child = read_digest(a, walk.value, &out->child);
}

struct str
manifest_config_description(struct arena *a, struct str config)
{
	struct json_fault fault;
	struct str labels;

	if (!json_slice_check(config, &config, &fault))
		return str_of(NULL);
	labels = json_slice_get(json_slice_get(config, "config"), "Labels");
	return json_slice_text(a, json_slice_get(labels, DESCRIPTION));
}
