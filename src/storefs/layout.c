/* layout.c: see layout.h. */
#include "storefs/layout.h"

const char *
v2_blob_dir(struct arena *a, const struct digest *d)
{
	return arena_printf(
	    a, V2_BLOBS "/%s/%.2s/%s", digest_algorithm(d), d->hex, d->hex);
}

const char *
v2_layers_dir(struct arena *a, const char *name)
{
	return arena_printf(a, V2_REPOS "/%s/_layers", name);
}

const char *
v2_revisions_dir(struct arena *a, const char *name)
{
	return arena_printf(a, V2_REPOS "/%s/_manifests/revisions", name);
}

const char *
v2_tags_dir(struct arena *a, const char *name)
{
	return arena_printf(a, V2_REPOS "/%s/_manifests/tags", name);
}

const char *
layout_below(struct arena *a, const char *dir, const struct digest *d)
{
	return arena_printf(a, "%s/%s/%s", dir, digest_algorithm(d), d->hex);
}

const char *
v2_layer_dir(struct arena *a, const char *name, const struct digest *d)
{
	return layout_below(a, v2_layers_dir(a, name), d);
}

const char *
v2_revision_dir(struct arena *a, const char *name, const struct digest *d)
{
	return layout_below(a, v2_revisions_dir(a, name), d);
}
