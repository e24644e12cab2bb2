/* v1repo.h: the files of a repository of API v1. Private to this room. */
#ifndef STOREFS_V1REPO_H
#define STOREFS_V1REPO_H

#include "store/v1repo.h"

/* "repositories/<ns>/<repo>/<file>" */
const char *v1repo_path(const struct store_v1repo *repo, const char *file);

/* Removes the directory, whether or not anything is in it. RC_NOT_FOUND. */
enum result v1repo_remove_dir(const struct store_v1repo *repo, struct err *err);

/* A JSON document in it, by its path. RC_NOT_FOUND, also if it is empty or cut off. */
enum result v1repo_document(const struct store_v1repo *repo, const char *path,
    size_t limit, struct str *out, struct err *err);

#endif
