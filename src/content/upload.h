/* upload.h: a blob comes in, in one request or in several. RC_UPLOAD_UNKNOWN.
 *
 * Each byte is hashed once, without a lock, from where the parts before left off; then
 * the part is taken if nobody else was faster. Two parts that begin at one place at once:
 * one is taken, the other ends in RC_BAD_RANGE. */
#ifndef CONTENT_UPLOAD_H
#define CONTENT_UPLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "image/digest.h"
#include "registry/task.h"
#include "store/upload.h"

/* The bytes of one request. */
struct upload_part {
	const char *body_file; /* nginx's; NULL: nothing came */
	bool ranged;           /* the client said which bytes these are, */
	uint64_t first, last;  /* both included */
	bool noted;            /* upload_check() was called before the body came, */
	uint64_t size;         /* when the upload held so many bytes */
};

/* RC_BUSY: reg->uploads_max are open already. The count may be a moment old. */
enum result upload_begin(const struct task *t, const char *name,
    enum hash_kind kind, struct store_upload *out);

enum result upload_status(const struct task *t, const char *name, struct str id,
    struct store_upload *out);

/* May this part come? Asked before a byte of it is read; the upload is not swept while it
 * is on its way. RC_BAD_RANGE: it is not the next one; *out tells where the upload
 * stands. */
enum result upload_check(const struct task *t, const char *name, struct str id,
    const struct upload_part *part, struct store_upload *out);

/* The same for the last part, which makes the upload the blob d. A client that did not
 * get the answer sends it again. So RC_OK also when the upload holds all bytes
 * already, and when it is over and the repository has the blob (*finished). */
enum result upload_check_end(const struct task *t, const char *name, struct str id,
    const struct upload_part *part, const struct digest *d,
    struct store_upload *out, bool *finished);

/* RC_BAD_RANGE likewise; RC_BAD_SIZE: not as many bytes as its range says; RC_CLIENT_GONE. */
enum result upload_append(const struct task *t, const char *name, struct str id,
    const struct upload_part *part, struct store_upload *out);

/* The last part, which may be empty: what came is the blob d of the repository. Also
 * RC_MISMATCH; the upload then stands as it stood before. An upload that is unknown, while
 * the repository has the blob, was finished by a request whose response was lost: RC_OK. */
enum result upload_finish(const struct task *t, const char *name, struct str id,
    const struct upload_part *part, const struct digest *d,
    struct store_upload *out);

/* All in one request. RC_MISMATCH, RC_CLIENT_GONE. */
enum result upload_whole(const struct task *t, const char *name,
    const char *body_file, const struct digest *d);

enum result upload_cancel(const struct task *t, const char *name, struct str id);

/* Seconds after which an upload for which nothing came is removed: `usual`, or less
 * while half of the uploads that may be open are. Otherwise a client that begins
 * uploads and leaves them could keep all others from uploading for that long. */
unsigned upload_expiry(const struct task *t, unsigned usual);

#endif
