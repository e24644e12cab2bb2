/* oci_layout.c: see oci_layout.h.
 *
 * An import pushes the blobs of a manifest, then the manifest; the children of an index before the
 * index, and the tag with the last of them. An export writes them in the same order, and index.json
 * at the end, so that a layout to which an image is added never lists what is not there yet. */
#include "port/oci_layout.h"

#include <string.h>

#include "base/json.h"
#include "base/jsonw.h"
#include "content/manifests.h"
#include "image/manifest.h"
#include "image/oci_form.h"
#include "image/schema1.h"
#include "port/importing.h"
#include "port/exporting.h"
#include "store/manifest.h"

#define LAYOUT      "oci-layout"
#define INDEX       "index.json"
#define LAYOUT_MAX  ((size_t)4 << 10) /* bytes */
#define DEPTH       8                 /* indexes in indexes */
#define REF_NAME    "org.opencontainers.image.ref.name"
#define FULL_NAME   "io.containerd.image.name" /* what docker 25 and containerd add */
#define LAYOUT_TEXT "{\"imageLayoutVersion\":\"1.0.0\"}"

const char *
oci_layout_blob(struct arena *a, const struct digest *d)
{
	return arena_printf(a, "blobs/%s/%s", digest_algorithm(d), d->hex);
}

bool
oci_layout_is(const struct input *in)
{
	return input_has(in, LAYOUT) && input_has(in, INDEX);
}

bool
oci_layout_is_there(const struct output *o)
{
	return output_has(o, LAYOUT) && output_has(o, INDEX);
}

/* ---- which image of the layout ---- */

static struct str
annotation(const struct json *descriptor, const char *name)
{
	return json_text(json_get(json_get(descriptor, "annotations"), name));
}

static bool
is_named(const struct json *descriptor, const char *name)
{
	return str_is(annotation(descriptor, REF_NAME), name) ||
	       str_is(annotation(descriptor, FULL_NAME), name);
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
	enum result r = input_read(t, in, LAYOUT, LAYOUT_MAX, &text);

	if (r != RC_OK)
		return r;
	if (!json_parse(t->arena, text, &layout, &why))
		return err_set(t->err, RC_BAD_DATA, "oci-layout: %s", why);
	if (!str_starts(json_text(json_get(layout, "imageLayoutVersion")), "1."))
		return err_set(t->err, RC_BAD_DATA,
		    "oci-layout: the imageLayoutVersion must be 1.0.0");
	return RC_OK;
}

static enum result
read_index(const struct task *t, const struct str text, const struct json **list)
{
	struct json *index;
	const char *why;

	if (!json_parse(t->arena, text, &index, &why))
		return err_set(t->err, RC_BAD_DATA, "index.json: %s", why);
	*list = json_get(index, "manifests");
	if (json_kind(*list) != JSON_ARRAY)
		return err_set(t->err, RC_BAD_DATA,
		    "index.json: it must have a list of manifests");
	return RC_OK;
}

/* ---- import ---- */

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

	if (depth > DEPTH)
		return err_set(t->err, RC_BAD_MANIFEST,
		    "more than %d indexes are inside each other", DEPTH);
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
		r = input_read(t, in, INDEX, MANIFEST_MAX, &text);
	if (r == RC_OK)
		r = read_index(t, text, &list);
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

/* ---- export ---- */

/* A manifest as it stands in the layout. */
struct written {
	struct str bytes, type;
	struct digest digest;
};

static enum result export_manifest(const struct exporting *ex,
    const struct manifests_found *found, unsigned depth, struct written *out);

/* A child of an index, which may be a blob that is not a manifest. */
static enum result
export_child(
    const struct exporting *ex, struct oci_form_child *child, unsigned depth)
{
	struct arena *scratch = arena_new();
	const struct exporting own = departure_with_arena(ex, scratch);
	struct manifests_found found;
	struct written written;
	enum result r = manifests_get(own.task, ex->from->repository,
	    str_of(digest_text(scratch, &child->was)), MANIFESTS_ANY, &found);

	child->is = child->was;
	if (r == RC_MANIFEST_UNKNOWN) {
		r = exporting_blob(
		    &own, &child->was, oci_layout_blob(scratch, &child->was));
	} else if (r == RC_OK) {
		r = export_manifest(&own, &found, depth, &written);
		child->is = written.digest;
		child->size = written.bytes.n;
	}
	arena_free(scratch);
	return r;
}

/* children: one for each reference; only those of an index are filled in. */
static enum result
export_refs(const struct exporting *ex, const struct manifest *manifest,
    unsigned depth, struct oci_form_child *children)
{
	struct digest *d;
	enum result r = RC_OK;
	size_t i;

	for (i = 0; r == RC_OK && i < manifest->n_refs; i++) {
		d = &children[i].was;
		r = digest_parse(manifest->refs[i], d, ex->task->err);
		if (r == RC_OK && manifest->refs_are_manifests)
			r = export_child(ex, &children[i], depth + 1);
		else if (r == RC_OK)
			r = exporting_blob(
			    ex, d, oci_layout_blob(ex->task->arena, d));
	}
	return r;
}

/* Of Docker's types: the same in OCI's form. */
static enum result
write_manifest(const struct exporting *ex, const struct manifests_found *found,
    const struct manifest *manifest, const struct oci_form_child *children,
    struct written *out)
{
	struct arena *a = ex->task->arena;
	const char *name;
	enum result r = RC_OK;

	*out = (struct written){found->bytes, found->type, found->digest};
	if (oci_form_is_needed(found->type)) {
		const struct oci_form of = {found->bytes, children,
		    manifest->refs_are_manifests ? manifest->n_refs : 0};

		r = oci_form_make(a, &of, &out->bytes, ex->task->err);
		out->type = oci_form_type(found->type);
		digest_of(HASH_SHA256, out->bytes, &out->digest);
	}
	name = oci_layout_blob(a, &out->digest);
	if (r == RC_OK && !output_has(ex->to, name))
		r = output_text(ex->to, name, out->bytes);
	return r;
}

static enum result
export_manifest(const struct exporting *ex, const struct manifests_found *found,
    unsigned depth, struct written *out)
{
	const struct task *t = ex->task;
	struct oci_form_child *children;
	struct manifest manifest;
	enum result r = exporting_parse(ex, found, &manifest);

	if (r == RC_OK && depth > DEPTH)
		r = err_set(t->err, RC_BAD_MANIFEST,
		    "more than %d indexes are inside each other", DEPTH);
	if (r != RC_OK)
		return r;
	children = arena_alloc(t->arena, (manifest.n_refs + 1) * sizeof(*children));
	r = export_refs(ex, &manifest, depth, children);
	if (r == RC_OK)
		r = write_manifest(ex, found, &manifest, children, out);
	return r;
}

/* The descriptor of the image in index.json. */
static void
write_descriptor(struct jsonw *w, const struct task *t,
    const struct written *written, const char *tag)
{
	jsonw_object(w);
	jsonw_key(w, "mediaType");
	jsonw_str(w, written->type);
	jsonw_key(w, "digest");
	jsonw_text(w, digest_text(t->arena, &written->digest));
	jsonw_key(w, "size");
	jsonw_int(w, (long long)written->bytes.n);
	if (tag != NULL) {
		jsonw_key(w, "annotations");
		jsonw_object(w);
		jsonw_key(w, REF_NAME);
		jsonw_text(w, tag);
		jsonw_end(w);
	}
	jsonw_end(w);
}

/* Does the new image take the place of this one? */
static bool
is_replaced(const struct task *t, const struct json *descriptor,
    const struct written *written, const char *tag)
{
	if (tag != NULL)
		return str_is(annotation(descriptor, REF_NAME), tag);
	return annotation(descriptor, REF_NAME).n == 0 &&
	       str_is(json_text(json_get(descriptor, "digest")),
		   digest_text(t->arena, &written->digest));
}

/* The images that a layout has already. */
static enum result
write_others(struct jsonw *w, const struct exporting *ex,
    const struct written *written, const char *tag)
{
	const struct task *t = ex->task;
	const struct json *list, *one;
	struct str text;
	size_t i;
	enum result r = output_read(ex->to, INDEX, MANIFEST_MAX, &text);

	if (r == RC_NOT_FOUND)
		return RC_OK; /* the layout is new */
	if (r == RC_OK)
		r = read_index(t, text, &list);
	for (i = 0; r == RC_OK && i < json_length(list); i++) {
		one = json_at(list, i);
		if (!is_replaced(t, one, written, tag))
			jsonw_json(w, json_print(t->arena, one));
	}
	return r;
}

static enum result
write_index(
    const struct exporting *ex, const struct written *written, const char *tag)
{
	const struct task *t = ex->task;
	struct jsonw w;
	struct buf b;
	enum result r;

	buf_init(&b, t->arena, MANIFEST_MAX);
	jsonw_init(&w, buf_sink(&b));
	jsonw_object(&w);
	jsonw_key(&w, "schemaVersion");
	jsonw_int(&w, 2);
	jsonw_key(&w, "mediaType");
	jsonw_text(&w, MANIFEST_OCI_INDEX);
	jsonw_key(&w, "manifests");
	jsonw_array(&w);
	r = write_others(&w, ex, written, tag);
	write_descriptor(&w, t, written, tag);
	jsonw_end(&w);
	jsonw_end(&w);
	if (r == RC_OK && b.full)
		r = err_set(t->err, RC_TOO_LARGE,
		    "index.json would have more than %zu bytes", MANIFEST_MAX);
	return r == RC_OK ? output_text(ex->to, INDEX, buf_str(&b)) : r;
}

enum result
oci_layout_export(const struct exporting *ex, const char **what)
{
	const char *tag = ex->from->digest == NULL ? ex->from->tag : NULL;
	struct manifests_found found;
	struct written written;
	enum result r = exporting_find(ex, &found);

	if (r == RC_OK && !output_has(ex->to, LAYOUT))
		r = output_text(ex->to, LAYOUT, str_of(LAYOUT_TEXT));
	if (r == RC_OK)
		r = export_manifest(ex, &found, 1, &written);
	if (r == RC_OK)
		r = write_index(ex, &written, tag);
	if (r == RC_OK)
		*what = digest_text(ex->task->arena, &written.digest);
	return r;
}
