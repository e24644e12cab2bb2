/* v2_store.c: see v2_store.h. */
#include "lib/v2_store.h"

const char *
blob_data(const struct digest *d)
{
	return arena_printf(
	    arena, BLOBS "/%s/%.2s/%s/data", digest_algorithm(d), d->hex, d->hex);
}

const char *
in_repo(const char *name, const char *rest)
{
	return arena_printf(arena, REPOS "/%s/%s", name, rest);
}

const char *
revision_link(const char *name, const struct digest *d)
{
	return in_repo(name, arena_printf(arena, "_manifests/revisions/%s/%s/link",
				 digest_algorithm(d), d->hex));
}

const char *
tag_file(const char *name, const char *tag, const char *rest)
{
	return in_repo(
	    name, arena_printf(arena, "_manifests/tags/%s/%s", tag, rest));
}

const char *
current_link(const char *name, const char *tag)
{
	return tag_file(name, tag, "current/link");
}

const char *
tag_index_link(const char *name, const char *tag, const struct digest *d)
{
	return tag_file(name, tag,
	    arena_printf(arena, "index/%s/%s/link", digest_algorithm(d), d->hex));
}

struct digest
write_manifest(const char *name, const char *text)
{
	struct digest d = sha256(text);

	write_text(blob_data(&d), text);
	write_text(revision_link(name, &d), digest_text(arena, &d));
	make_dir(in_repo(name, "_layers/sha256"));
	return d;
}

void
write_tag(const char *name, const char *tag, const struct digest *d)
{
	write_text(tag_index_link(name, tag, d), digest_text(arena, d));
	write_text(current_link(name, tag), digest_text(arena, d));
}
