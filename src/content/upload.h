/* upload.h: a blob is pushed, in one request or in several parts. RC_UPLOAD_UNKNOWN: there is no
 * such upload session in the repository.
 *
 * Of two parts that begin at the same place at the same time one is taken, and the other
 * ends in RC_BAD_RANGE. */
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

/* The part that a request has. */
struct upload_part {
	const char *body_file; /* nginx's; NULL: an empty body */
	bool ranged;           /* the client said which bytes these are: */
	uint64_t first, last;  /* both included */
	bool noted;            /* upload_check() was called before the body came; */
	uint64_t size;         /* the session held so many bytes then */
};

/* RC_BUSY: reg->uploads_max are open already. The count may be a moment old. */
enum result upload_begin(const struct task *t, const char *name,
    enum hash_kind kind, struct store_upload *out);

/* The smallest part that may come, but for the last one, in bytes. */
uint64_t upload_part_min(const struct task *t);

enum result upload_status(const struct task *t, const char *name, struct str id,
    struct store_upload *out);

/* May this part come? Called before a byte of it is read; the session is not swept while the
 * part is on its way. RC_BAD_RANGE: it is not the next one; *out says how many bytes the session
 * holds. */
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

/* The last part, which may be empty; the repository has the blob d afterwards. Also
 * RC_MISMATCH: the bytes have another digest, and the session is as before. If the session is
 * unknown and the repository has the blob, a request whose answer was lost has finished it:
 * RC_OK. */
enum result upload_finish(const struct task *t, const char *name, struct str id,
    const struct upload_part *part, const struct digest *d,
    struct store_upload *out);

/* All in one request. RC_MISMATCH, RC_CLIENT_GONE. */
enum result upload_whole(const struct task *t, const char *name,
    const char *body_file, const struct digest *d);

/* The same for bytes that did not come with a request. */
enum result upload_stage(const struct task *t, const char *name, struct stage *body,
    const struct digest *d);

enum result upload_cancel(const struct task *t, const char *name, struct str id);

/* Seconds after which an upload for which nothing came is removed: `usual`, or less
 * while half of the uploads that may be open are. Otherwise a client that begins
 * uploads and leaves them could keep all others from uploading for that long. */
unsigned upload_expiry(const struct task *t, unsigned usual);

#endif
