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

enum result append_bytes(struct store_upload *up, struct str bytes);
enum result append_text(struct store_upload *up, const char *text);

/* The session ends; the bytes that it holds are all. *d: the digest of the blob. */
enum result finish_upload(struct store_upload *up, struct digest *d);

/* The saved state of its hash. */
const char *saved_hash(const struct store_upload *up);

#endif
