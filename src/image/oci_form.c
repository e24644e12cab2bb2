/* oci_form.c: see oci_form.h. */
#include "image/oci_form.h"

#include <string.h>

#include "base/json.h"
#include "base/jsonw.h"
#include "image/manifest.h"

#define DOCKER "application/vnd.docker."
#define OCI    "application/vnd.oci.image."

/* Media types of Docker (image manifest V2, schema 2) and of OCI (media-types.md). */
static const struct {
	const char *docker, *oci;
} types[] = {
    {DOCKER "distribution.manifest.v2+json", OCI "manifest.v1+json"},
    {DOCKER "distribution.manifest.list.v2+json", OCI "index.v1+json"},
    {DOCKER "container.image.v1+json", OCI "config.v1+json"},
    {DOCKER "image.rootfs.diff.tar.gzip", OCI "layer.v1.tar+gzip"},
    {DOCKER "image.rootfs.diff.tar.zstd", OCI "layer.v1.tar+zstd"},
    {DOCKER "image.rootfs.diff.tar", OCI "layer.v1.tar"},
    {DOCKER "image.rootfs.foreign.diff.tar.gzip",
	OCI "layer.nondistributable.v1.tar+gzip"},
};
#define MANIFESTS 2 /* the first so many are types of manifests */

bool
oci_form_is_needed(struct str type)
{
	size_t i;

	for (i = 0; i < MANIFESTS; i++)
		if (str_is(type, types[i].docker))
			return true;
	return false;
}

struct str
oci_form_type(struct str type)
{
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (str_is(type, types[i].docker))
			return str_of(types[i].oci);
	return type;
}

struct rewrite {
	struct arena *arena;
	struct jsonw w;
	const struct oci_form_child *children;
	size_t n;
	const struct oci_form_child
	    *child; /* that is written; NULL: another descriptor */
};

static const struct oci_form_child *
find_child(const struct rewrite *rw, const struct json *descriptor)
{
	struct str digest = json_text(json_get(descriptor, "digest"));
	size_t i;

	for (i = 0; i < rw->n; i++)
		if (str_is(digest, digest_text(rw->arena, &rw->children[i].was)))
			return &rw->children[i];
	return NULL;
}

static bool
write_member(void *arg, const char *key, const struct json *value)
{
	struct rewrite *rw = arg;

	jsonw_key(&rw->w, key);
	if (strcmp(key, "mediaType") == 0 && json_kind(value) == JSON_STRING)
		jsonw_str(&rw->w, oci_form_type(json_text(value)));
	else if (rw->child != NULL && strcmp(key, "digest") == 0)
		jsonw_text(&rw->w, digest_text(rw->arena, &rw->child->is));
	else if (rw->child != NULL && strcmp(key, "size") == 0)
		jsonw_int(&rw->w, (long long)rw->child->size);
	else
		jsonw_json(&rw->w, json_print(rw->arena, value));
	return true;
}

static void
write_descriptor(struct rewrite *rw, const struct json *descriptor)
{
	rw->child = find_child(rw, descriptor);
	jsonw_object(&rw->w);
	json_members(descriptor, write_member, rw);
	jsonw_end(&rw->w);
	rw->child = NULL;
}

/* A member of the manifest itself: config is a descriptor, layers and manifests are lists of
 * them. */
static bool
write_part(void *arg, const char *key, const struct json *value)
{
	struct rewrite *rw = arg;
	size_t i;

	if (strcmp(key, "config") == 0 && json_kind(value) == JSON_OBJECT) {
		jsonw_key(&rw->w, key);
		write_descriptor(rw, value);
		return true;
	}
	if (json_kind(value) != JSON_ARRAY ||
	    (strcmp(key, "layers") != 0 && strcmp(key, "manifests") != 0))
		return write_member(arg, key, value);
	jsonw_key(&rw->w, key);
	jsonw_array(&rw->w);
	for (i = 0; i < json_length(value); i++)
		write_descriptor(rw, json_at(value, i));
	jsonw_end(&rw->w);
	return true;
}

enum result
oci_form_make(
    struct arena *a, const struct oci_form *of, struct str *out, struct err *err)
{
	struct rewrite rw = {.arena = a, .children = of->children, .n = of->n};
	struct json *root;
	struct buf b;
	const char *why;

	if (!json_parse(a, of->manifest, &root, &why))
		return err_set(err, RC_BAD_MANIFEST, "%s", why);
	if (json_kind(root) != JSON_OBJECT)
		return err_set(err, RC_BAD_MANIFEST, "it must be a JSON object");
	buf_init(&b, a, 2 * MANIFEST_MAX);
	jsonw_init(&rw.w, buf_sink(&b));
	jsonw_object(&rw.w);
	json_members(root, write_part, &rw);
	jsonw_end(&rw.w);
	*out = buf_str(&b);
	return b.full
		   ? err_set(err, RC_TOO_LARGE,
			 "in OCI's form the manifest would have more than %zu bytes",
			 2 * MANIFEST_MAX)
		   : RC_OK;
}
