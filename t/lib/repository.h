/* repository.h: repositories of registry v2 straight in the store. Each held_... takes the guard of
 * the repository for one call of the store. */
#ifndef LIB_REPOSITORY_H
#define LIB_REPOSITORY_H

#include "lib/store.h"
#include "store/blob.h"
#include "store/manifest.h"
#include "store/repository.h"
#include "store/tag.h"

/* The repository of this name, for calls of the store. */
const struct store_repository *repository(const char *name);

enum result held_manifest_put(
    const char *name, const struct store_manifest *m, struct str type);
enum result held_manifest_remove(const char *name, const struct digest *d);
enum result held_tag_put(
    const char *name, const char *tag, const struct digest *to);
enum result held_tag_remove(const char *name, const char *tag);
enum result held_blob_unlink(const char *name, const struct digest *d);

#endif
