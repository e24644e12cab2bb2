/* oci_layout_export.c: oci_layout_export() of oci_layout.h. The blobs of a manifest are written
 * before the manifest, the children of an index before the index, and index.json at the end, so
 * that a layout to which an image is added never lists what is not there yet. */
#include "port/oci_layout.h"

#include "base/jsonw.h"
#include "content/manifests.h"
#include "image/manifest.h"
#include "image/oci_form.h"

#define LAYOUT_TEXT "{\"imageLayoutVersion\":\"1.0.0\"}"

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
	const struct exporting own = exporting_with_arena(ex, scratch);
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

	if (r == RC_OK && depth > OCI_LAYOUT_DEPTH)
		r = err_set(t->err, RC_BAD_MANIFEST,
		    "more than %d indexes are inside each other", OCI_LAYOUT_DEPTH);
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
		jsonw_key(w, OCI_LAYOUT_REF_NAME);
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
		return str_is(
		    oci_layout_annotation(descriptor, OCI_LAYOUT_REF_NAME), tag);
	return oci_layout_annotation(descriptor, OCI_LAYOUT_REF_NAME).n == 0 &&
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
	enum result r = output_read(ex->to, OCI_LAYOUT_INDEX, MANIFEST_MAX, &text);

	if (r == RC_NOT_FOUND)
		return RC_OK; /* the layout is new */
	if (r == RC_OK)
		r = oci_layout_read_index(t, text, &list);
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
	return r == RC_OK ? output_text(ex->to, OCI_LAYOUT_INDEX, buf_str(&b)) : r;
}

enum result
oci_layout_export(const struct exporting *ex, const char **what)
{
	const char *tag = ex->from->digest == NULL ? ex->from->tag : NULL;
	struct manifests_found found;
	struct written written;
	enum result r = exporting_find(ex, &found);

	if (r == RC_OK && !output_has(ex->to, OCI_LAYOUT_FILE))
		r = output_text(ex->to, OCI_LAYOUT_FILE, str_of(LAYOUT_TEXT));
	if (r == RC_OK)
		r = export_manifest(ex, &found, 1, &written);
	if (r == RC_OK)
		r = write_index(ex, &written, tag);
	if (r == RC_OK)
		*what = digest_text(ex->task->arena, &written.digest);
	return r;
}
