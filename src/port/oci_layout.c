/* oci_layout.c: what imports and exports of oci_layout.h share. */
#include "port/oci_layout.h"

const char *
oci_layout_blob(struct arena *a, const struct digest *d)
{
	return arena_printf(a, "blobs/%s/%s", digest_algorithm(d), d->hex);
}

bool
oci_layout_is(const struct input *in)
{
	return input_has(in, OCI_LAYOUT_FILE) && input_has(in, OCI_LAYOUT_INDEX);
}

bool
oci_layout_is_there(const struct output *o)
{
	return output_has(o, OCI_LAYOUT_FILE) && output_has(o, OCI_LAYOUT_INDEX);
}

struct str
oci_layout_annotation(const struct json *descriptor, const char *name)
{
	return json_text(json_get(json_get(descriptor, "annotations"), name));
}

enum result
oci_layout_read_index(
    const struct task *t, const struct str text, const struct json **list)
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
