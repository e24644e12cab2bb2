/* oci_layout_import.c: oci_layout_import() of oci_layout.h. The blobs of a manifest are pushed
 * before the manifest, the children of an index before the index, and the tag with the last of
 * them. */
#include "port/oci_layout.h"

#include "image/manifest.h"
#include "image/schema1.h"
#include "image/v1chain.h"
#include "port/importing.h"
#include "store/manifest.h"

#define LAYOUT_MAX ((size_t)4 << 10)          /* bytes of oci-layout */
#define FULL_NAME  "io.containerd.image.name" /* what docker 25 and containerd add */

/* ---- which image of the layout ---- */

static bool
is_named(const struct json *descriptor, const char *name)
{
	return str_is(
		   oci_layout_annotation(descriptor, OCI_LAYOUT_REF_NAME), name) ||
	       str_is(oci_layout_annotation(descriptor, FULL_NAME), name);
}

static const struct json *
find_named(const struct json *list, const char *name)
{
	size_t i;

	for (i = 0; i < json_length(list); i++)
		if (is_named(json_at(list, i), name))
			return json_at(list, i);
	return NULL;
}

static enum result
choose(const struct json *list, const struct port_import *how, const char *tag,
    const struct json **out, struct err *err)
{
	if (how->image != NULL)
		*out = find_named(list, how->image);
	else if (json_length(list) == 1)
		*out = json_at(list, 0);
	else
		*out = find_named(list, tag);
	if (*out != NULL)
		return RC_OK;
	return err_set(err, RC_BAD_DATA,
	    "index.json lists %zu images, none of them by the name \"%s\"; choose "
	    "one with --image",
	    json_length(list), how->image != NULL ? how->image : tag);
}

static enum result
check_version(const struct task *t, const struct input *in)
{
	struct json *layout;
	struct str text;
	const char *why;
	enum result r = input_read(t, in, OCI_LAYOUT_FILE, LAYOUT_MAX, &text);

	if (r != RC_OK)
		return r;
	if (!json_parse(t->arena, text, &layout, &why))
		return err_set(t->err, RC_BAD_DATA, "oci-layout: %s", why);
	if (!str_starts(json_text(json_get(layout, "imageLayoutVersion")), "1."))
		return err_set(t->err, RC_BAD_DATA,
		    "oci-layout: the imageLayoutVersion must be 1.0.0");
	return RC_OK;
}

/* ---- the image ---- */

/* Reads the manifest and checks its digest. RC_TOO_LARGE: it has more than MANIFEST_MAX bytes. */
static enum result
read_manifest(const struct importing *imp, struct importing_manifest *m)
{
	const struct task *t = imp->task;
	struct digest got;
	enum result r = input_read(t, imp->from,
	    oci_layout_blob(t->arena, &m->digest), MANIFEST_MAX, &m->bytes);

	if (r != RC_OK)
		return r;
	digest_of(m->digest.kind, m->bytes, &got);
	if (digest_eq(&got, &m->digest))
		return RC_OK;
	return err_set(t->err, RC_MISMATCH, "%s: the bytes have the digest %s",
	    oci_layout_blob(t->arena, &m->digest), digest_text(t->arena, &got));
}

static enum result import_manifest(
    const struct importing *imp, struct importing_manifest *m, unsigned depth);

/* A child of an index may be a blob that is not a manifest (manifests.h). */
static enum result
import_child(const struct importing *imp, const struct digest *d, unsigned depth)
{
	struct arena *scratch = arena_new();
	const struct importing own = {
	    task_with_arena(imp->task, scratch), imp->from, imp->repository};
	const struct store_repository in = task_repository(
	    own.task, imp->repository);
	struct importing_manifest m = {.digest = *d};
	struct digest kept;
	struct err ignored;
	struct str root;
	enum result r = RC_OK;

	if (store_manifest_find(&in, d, &kept, &ignored) == RC_OK)
		goto out;
	r = read_manifest(&own, &m);
	if (r == RC_NOT_FOUND)
		r = err_set(own.task->err, r,
		    "an index lists %s, which is not in the file; --platform chooses "
		    "one of its images",
		    digest_text(scratch, d));
	if (r == RC_TOO_LARGE ||
	    (r == RC_OK && manifest_check_json(m.bytes, &root, &ignored) != RC_OK))
		r = importing_blob(&own, oci_layout_blob(scratch, d), d);
	else if (r == RC_OK)
		r = import_manifest(&own, &m, depth);
out:
	arena_free(scratch);
	return r;
}

static enum result
import_refs(
    const struct importing *imp, const struct manifest *manifest, unsigned depth)
{
	struct digest d;
	enum result r = RC_OK;
	size_t i;

	for (i = 0; r == RC_OK && i < manifest->n_refs; i++) {
		r = digest_parse(manifest->refs[i], &d, imp->task->err);
		if (r == RC_OK && manifest->refs_are_manifests)
			r = import_child(imp, &d, depth + 1);
		else if (r == RC_OK)
			r = importing_blob(
			    imp, oci_layout_blob(imp->task->arena, &d), &d);
	}
	return r;
}

/* m: read and checked. */
static enum result
import_manifest(
    const struct importing *imp, struct importing_manifest *m, unsigned depth)
{
	const struct task *t = imp->task;
	struct manifest manifest;
	enum result r;

	if (depth > OCI_LAYOUT_DEPTH)
		return err_set(t->err, RC_BAD_MANIFEST,
		    "more than %d indexes are inside each other", OCI_LAYOUT_DEPTH);
	r = manifest_parse(t->arena, m->bytes, m->type, &manifest, t->err);
	if (r == RC_OK && schema1_is_type(manifest.type))
		r = err_set(t->err, RC_BAD_MANIFEST,
		    "an OCI layout must not hold a manifest of schema 1");
	if (r == RC_OK)
		r = import_refs(imp, &manifest, depth);
	return r == RC_OK ? importing_manifest(imp, m) : r;
}

static enum result
read_descriptor(
    const struct json *descriptor, struct importing_manifest *m, struct err *err)
{
	m->type = json_text(json_get(descriptor, "mediaType"));
	return digest_parse(
	    json_text(json_get(descriptor, "digest")), &m->digest, err);
}

static enum result
check_size(const struct json *descriptor, const struct importing_manifest *m,
    struct err *err)
{
	long long size;

	if (json_int(json_get(descriptor, "size"), &size) &&
	    size == (long long)m->bytes.n)
		return RC_OK;
	return err_set(err, RC_BAD_SIZE,
	    "index.json: the size of a manifest must be that of its file, %zu bytes",
	    m->bytes.n);
}

/* Of an index the child for the platform is imported instead. */
static enum result
pick_child(
    const struct importing *imp, const char *platform, struct importing_manifest *m)
{
	const struct task *t = imp->task;
	struct v1chain_platform wanted;
	struct manifest manifest;
	enum result r = port_platform_parse(t->arena, platform, &wanted, t->err);

	if (r == RC_OK)
		r = manifest_parse(t->arena, m->bytes, m->type, &manifest, t->err);
	if (r != RC_OK || !manifest.refs_are_manifests)
		return r;
	r = v1chain_pick_child(t->arena, m->bytes, &wanted, &m->digest, t->err);
	m->type = str_of("");
	return r == RC_OK ? read_manifest(imp, m) : r;
}

enum result
oci_layout_import(const struct task *t, const struct input *in,
    const struct port_import *how, const struct port_name *to, const char **what)
{
	struct importing_manifest m = {.tag = to->tag};
	const struct json *list, *descriptor;
	struct importing imp;
	struct str text;
	enum result r = importing_begin(t, in, to, &imp);

	if (r == RC_OK)
		r = check_version(t, in);
	if (r == RC_OK)
		r = input_read(t, in, OCI_LAYOUT_INDEX, MANIFEST_MAX, &text);
	if (r == RC_OK)
		r = oci_layout_read_index(t, text, &list);
	if (r == RC_OK)
		r = choose(list, how, to->tag, &descriptor, t->err);
	if (r == RC_OK)
		r = read_descriptor(descriptor, &m, t->err);
	if (r == RC_OK)
		r = read_manifest(&imp, &m);
	if (r == RC_OK)
		r = check_size(descriptor, &m, t->err);
	if (r == RC_OK && how->platform != NULL)
		r = pick_child(&imp, how->platform, &m);
	if (r == RC_OK)
		r = import_manifest(&imp, &m, 1);
	if (r == RC_OK)
		*what = digest_text(t->arena, &m.digest);
	return r;
}
