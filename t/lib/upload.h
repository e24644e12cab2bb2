/* upload.h: uploads straight into the store, in parts as nginx hands them over. */
#ifndef LIB_UPLOAD_H
#define LIB_UPLOAD_H

#include "lib/v2_store.h"
#include "store/upload.h"

/* The name of a file of the upload. */
const char *upload_file(const char *id, const char *file);

/* Of the repository APP; one test point. */
struct store_upload begin_upload(enum hash_kind kind);
enum result reopen_upload(const char *id, struct store_upload *up);

/* As the registry does it, but without the lock. */
enum result append_bytes(struct store_upload *up, struct str bytes);
enum result append_text(struct store_upload *up, const char *text);

/* The saved state of its hash. */
const char *saved_hash(const struct store_upload *up);

#endif
