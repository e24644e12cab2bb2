/* v2-store-test.h: repositories of distribution's layout, made by hand as its servers
 * leave them: nothing here calls the store. */
#ifndef V2_STORE_TEST_H
#define V2_STORE_TEST_H

#include "image/digest.h"
#include "store-test.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

#define BLOBS "docker/registry/v2/blobs"
#define REPOS "docker/registry/v2/repositories"
#define APP   "team/app"

static inline struct digest
text_digest(enum hash_kind kind, const char *text)
{
	struct digest d;

	digest_of(kind, str_of(text), &d);
	return d;
}

static inline struct digest
sha256(const char *text)
{
	return text_digest(HASH_SHA256, text);
}

static inline const char *
blob_data(const struct digest *d)
{
	return arena_printf(
	    arena, BLOBS "/%s/%.2s/%s/data", digest_algorithm(d), d->hex, d->hex);
}

static inline const char *
in_repo(const char *name, const char *rest)
{
	return arena_printf(arena, REPOS "/%s/%s", name, rest);
}

static inline const char *
revision_link(const char *name, const struct digest *d)
{
	return in_repo(name, arena_printf(arena, "_manifests/revisions/%s/%s/link",
				 digest_algorithm(d), d->hex));
}

static inline const char *
tag_file(const char *name, const char *tag, const char *rest)
{
	return in_repo(
	    name, arena_printf(arena, "_manifests/tags/%s/%s", tag, rest));
}

static inline const char *
current_link(const char *name, const char *tag)
{
	return tag_file(name, tag, "current/link");
}

static inline const char *
tag_index_link(const char *name, const char *tag, const struct digest *d)
{
	return tag_file(name, tag,
	    arena_printf(arena, "index/%s/%s/link", digest_algorithm(d), d->hex));
}

/* A manifest is pushed; the bytes are its text. */
static inline struct digest
write_manifest(const char *name, const char *text)
{
	struct digest d = sha256(text);

	write_text(blob_data(&d), text);
	write_text(revision_link(name, &d), digest_text(arena, &d));
	make_dir(in_repo(name, "_layers/sha256"));
	return d;
}

/* The tag is made, or moved in place as 2.8 does it. */
static inline void
write_tag(const char *name, const char *tag, const struct digest *d)
{
	write_text(tag_index_link(name, tag, d), digest_text(arena, d));
	write_text(current_link(name, tag), digest_text(arena, d));
}

/* What lstat(2) says; name is below the store's directory. */
static inline struct stat
stat_of(const char *name)
{
	struct stat sb = {0};

	if (lstat(in_dir(name), &sb) == -1)
		bail_out(name);
	return sb;
}

#endif
