/* v1chain_manifest.c: see v1chain_manifest.h; also v1chain_platform_parse(), v1chain_pick_child(),
 * v1chain_is_list() and v1chain_config() of v1chain.h. */
#include "image/v1chain_manifest.h"

#include <string.h>

#include "base/json_slice.h"
#include "image/manifest.h"
#include "image/manifest_descriptor.h"
#include "image/manifest_type.h"

/* How a manifest names the layers that old dockers can unpack. They find out by themselves
 * how a layer is compressed. */
static const char *const layer_types[] = {
    "application/vnd.docker.image.rootfs.diff.tar.gzip",
    "application/vnd.docker.image.rootfs.diff.tar",
    "application/vnd.oci.image.layer.v1.tar+gzip",
    "application/vnd.oci.image.layer.v1.tar",
};

static const char *const config_types[] = {
    MANIFEST_SCHEMA2_CONFIG,
    "application/vnd.oci.image.config.v1+json",
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static bool
is_one_of(struct str type, const char *const *types, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (str_is_nocase(type, types[i]))
			return true;
	return false;
}

/* ---- the manifest of an image ---- */

struct parts {
	struct str type, config, layers;
};

/* RC_BAD_DATA: it is not a JSON object. */
static enum result
read_parts(struct arena *a, struct str manifest, struct parts *out, struct err *err)
{
	const struct json_pick wanted[] = {
	    {"config", &out->config}, {"layers", &out->layers}};
	struct str root;

	if (manifest_check_json(manifest, &root, err) != RC_OK)
		return RC_BAD_DATA;
	(void)manifest_type(a, root, &out->type);
	if (!json_slice_pick(root, wanted, COUNT(wanted)))
		return err_set(
		    err, RC_BAD_DATA, "a manifest must be a JSON object");
	return RC_OK;
}

/* Reads the config's descriptor and checks that it is one of an image. */
static enum result
read_config(struct arena *a, const struct parts *parts,
    struct manifest_descriptor *out, struct err *err)
{
	struct str digest;
	struct err why;

	if (manifest_type_shape(parts->type) != MANIFEST_IMAGE)
		return err_set(err, RC_NOT_BRIDGED,
		    "only manifests of images (Docker's schema 2, OCI) have a form "
		    "in API v1, not those of type %.*s",
		    STR_ARG(parts->type));
	if (manifest_descriptor_read(a, parts->config, out, &digest, &why) != RC_OK)
		return err_set(err, RC_BAD_DATA, "config %s", why.text);
	if (!is_one_of(out->type, config_types, COUNT(config_types)))
		return err_set(err, RC_NOT_BRIDGED,
		    "only images have a form in API v1, not artifacts whose config "
		    "is of type \"%.*s\"",
		    STR_ARG(out->type));
	if (out->digest.hex[0] == '\0')
		return err_set(err, RC_NOT_BRIDGED,
		    "the digest of the config must be of sha256 or sha512");
	return RC_OK;
}

static enum result
read_layer(struct arena *a, struct str v, size_t i, struct v1chain_layer *out,
    struct err *err)
{
	struct manifest_descriptor d;
	struct str digest;
	struct err why;

	if (manifest_descriptor_read(a, v, &d, &digest, &why) != RC_OK)
		return err_set(err, RC_BAD_DATA, "layers[%zu] %s", i, why.text);
	if (d.size < 0)
		return err_set(err, RC_BAD_DATA, "layers[%zu] must have a size", i);
	if (manifest_descriptor_is_elsewhere(&d))
		return err_set(err, RC_NOT_BRIDGED,
		    "layer %zu is fetched from elsewhere (%.*s), which dockers "
		    "before 1.10 cannot",
		    i + 1, STR_ARG(d.type));
	if (!is_one_of(d.type, layer_types, COUNT(layer_types)))
		return err_set(err, RC_NOT_BRIDGED,
		    "layer %zu is of type \"%.*s\"; dockers before 1.10 read only "
		    "plain tar and gzip",
		    i + 1, STR_ARG(d.type));
	if (d.digest.kind != HASH_SHA256 || d.digest.hex[0] == '\0')
		return err_set(err, RC_NOT_BRIDGED,
		    "the digest of layer %zu must be of sha256, as those of API v1 "
		    "are",
		    i + 1);
	out->digest = d.digest;
	out->size = (uint64_t)d.size;
	return RC_OK;
}

enum result
v1chain_read_layers(struct arena *a, struct str manifest,
    struct v1chain_layers *out, struct err *err)
{
	struct manifest_descriptor config;
	struct v1chain_layer *layers;
	struct json_walk walk;
	struct parts parts;
	enum result r = read_parts(a, manifest, &parts, err);

	if (r == RC_OK)
		r = read_config(a, &parts, &config, err);
	if (r != RC_OK)
		return r;
	out->n = json_slice_count(parts.layers);
	if (json_slice_kind(parts.layers) != JSON_ARRAY && out->n > 0)
		return err_set(err, RC_BAD_DATA, "layers must be a list");
	if (out->n > V1CHAIN_MAX)
		return err_set(err, RC_NOT_BRIDGED,
		    "the image has %zu layers; dockers before 1.10 run at most %d",
		    out->n, V1CHAIN_MAX);
	out->items = layers = arena_alloc(a, (out->n + 1) * sizeof(*layers));
	walk = json_slice_walk(parts.layers);
	for (; r == RC_OK && json_slice_next(&walk); layers++)
		r = read_layer(
		    a, walk.value, (size_t)(layers - out->items), layers, err);
	return r;
}

enum result
v1chain_config(struct str manifest, struct digest *out, struct err *err)
{
	struct arena *scratch = arena_new();
	struct manifest_descriptor config;
	struct parts parts;
	enum result r = read_parts(scratch, manifest, &parts, err);

	if (r == RC_OK)
		r = read_config(scratch, &parts, &config, err);
	if (r == RC_OK)
		*out = config.digest;
	arena_free(scratch);
	return r;
}

/* ---- platforms and indexes ---- */

bool
v1chain_platform_parse(
    struct arena *a, const char *text, struct v1chain_platform *out)
{
	struct str architecture = str_of(text), os = str_cut(&architecture, '/');

	out->os = str_dup(a, os);
	out->architecture = str_dup(a, architecture);
	return os.n > 0 && architecture.n > 0;
}

static bool
is_value(struct arena *a, struct str v, const char *missing, const char *want)
{
	struct str text = json_slice_text(a, v);

	if (text.n == 0)
		return strcmp(missing, want) == 0;
	return str_is(text, want);
}

bool
v1chain_is_for(struct arena *a, const struct v1chain_platform *platform,
    struct str os, struct str architecture)
{
	/* docker before 0.7.3, whose configs were carried over, wrote x86_64 */
	if (str_is(json_slice_text(a, architecture), "x86_64"))
		architecture = str_of("\"amd64\"");
	return is_value(a, os, "linux", platform->os) &&
	       is_value(a, architecture, "amd64", platform->architecture);
}

bool
v1chain_is_list(struct str type)
{
	return manifest_type_shape(type) == MANIFEST_INDEX;
}

/* Is it an image for the platform, and not what says where an image comes from? That is for
 * the platform unknown/unknown. Without a platform it could be anything. */
static bool
is_child_for(struct arena *a, const struct v1chain_platform *platform,
    struct str child, const struct manifest_descriptor *d)
{
	struct str of = json_slice_get(child, "platform"), os, architecture;
	const struct json_pick wanted[] = {
	    {"os", &os}, {"architecture", &architecture}};

	return json_slice_pick(of, wanted, COUNT(wanted)) &&
	       json_slice_kind(os) == JSON_STRING &&
	       json_slice_kind(architecture) == JSON_STRING &&
	       v1chain_is_for(a, platform, os, architecture) &&
	       manifest_type_shape(d->type) == MANIFEST_IMAGE &&
	       d->digest.hex[0] != '\0';
}

enum result
v1chain_pick_child(struct arena *a, struct str index,
    const struct v1chain_platform *platform, struct digest *out, struct err *err)
{
	struct manifest_descriptor d;
	struct json_walk walk;
	struct str root, digest;
	struct err why;
	size_t i;

	if (manifest_check_json(index, &root, err) != RC_OK)
		return RC_BAD_DATA;
	walk = json_slice_walk(json_slice_get(root, "manifests"));
	for (i = 0; json_slice_next(&walk); i++) {
		if (manifest_descriptor_read(a, walk.value, &d, &digest, &why) !=
		    RC_OK)
			return err_set(
			    err, RC_BAD_DATA, "manifests[%zu] %s", i, why.text);
		if (is_child_for(a, platform, walk.value, &d)) {
			*out = d.digest;
			return RC_OK;
		}
	}
	return err_set(err, RC_NOT_BRIDGED, "the index has no image for %s/%s",
	    platform->os, platform->architecture);
}
