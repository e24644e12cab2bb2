/* layout.c: see layout.h. */
#include "storefs/layout.h"

const char *
layout_blob(struct arena *a, const struct digest *d)
{
	return arena_printf(
	    a, LAYOUT_BLOBS "/%s/%.2s/%s", digest_algorithm(d), d->hex, d->hex);
}

const char *
layout_data(struct arena *a, const struct digest *d)
{
	return arena_printf(a, "%s/data", layout_blob(a, d));
}

const char *
layout_layers(struct arena *a, const char *name)
{
	return arena_printf(a, LAYOUT_REPOSITORIES "/%s/_layers", name);
}

const char *
layout_revisions(struct arena *a, const char *name)
{
	return arena_printf(
	    a, LAYOUT_REPOSITORIES "/%s/_manifests/revisions", name);
}

const char *
layout_tags(struct arena *a, const char *name)
{
	return arena_printf(a, LAYOUT_REPOSITORIES "/%s/_manifests/tags", name);
}

const char *
layout_below(struct arena *a, const char *dir, const struct digest *d)
{
	return arena_printf(a, "%s/%s/%s", dir, digest_algorithm(d), d->hex);
}

const char *
layout_layer(struct arena *a, const char *name, const struct digest *d)
{
	return layout_below(a, layout_layers(a, name), d);
}

const char *
layout_revision(struct arena *a, const char *name, const struct digest *d)
{
	return layout_below(a, layout_revisions(a, name), d);
}
