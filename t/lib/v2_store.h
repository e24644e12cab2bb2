/* v2_store.h: repositories in distribution's layout, made by hand as its servers leave
 * them: nothing here calls the store. The functions return names of files (dir.h). */
#ifndef LIB_V2_STORE_H
#define LIB_V2_STORE_H

#include "lib/store.h"
#include "lib/text_digest.h"

#define BLOBS "docker/registry/v2/blobs"
#define REPOS "docker/registry/v2/repositories"
#define APP   "team/app"

/* The data of a blob. */
const char *blob_data(const struct digest *d);
const char *in_repo(const char *name, const char *rest);

/* The link of a manifest. */
const char *revision_link(const char *name, const struct digest *d);
const char *tag_file(const char *name, const char *tag, const char *rest);

/* The link that says what a tag means. */
const char *current_link(const char *name, const char *tag);

/* The link that says that the tag has meant this digest. */
const char *tag_index_link(
    const char *name, const char *tag, const struct digest *d);

/* Writes a manifest, which may be any text; returns its digest. */
struct digest write_manifest(const char *name, const char *text);

/* Makes a tag, or moves it in place as distribution 2.8 does. */
void write_tag(const char *name, const char *tag, const struct digest *d);

#endif
