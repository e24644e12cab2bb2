/* reply.h: a reply as a value: a status, headers, and one of three bodies.
 *
 * Bytes are in memory. Content of the store is passed on as the store's own value, which
 * http does not look into: serve asks the store how it is sent. A stream is written to the
 * client while it is made, for lists that grow with the registry. */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define REPLY_HEADERS 64

struct content;

enum reply_body { REPLY_BYTES, REPLY_CONTENT, REPLY_STREAM };

/* Writes the body while it is made. If the result is not RC_OK, the body is not whole, and
 * err holds the reason. RC_CLIENT_GONE: the sink takes no more. */
typedef enum result reply_stream_fn(void *arg, struct sink sink, struct err *err);

struct reply {
	struct arena *arena;
	int status;
	struct {
		const char *name;
		const char *value;
	} header[REPLY_HEADERS];
	size_t n_headers;

	enum reply_body kind;
	struct str bytes;
	const struct content *content; /* store/content.h */
	reply_stream_fn *stream;
	void *stream_arg;
};

void reply_init(struct reply *rp, struct arena *a);

/* Sets a header; one of the same name is replaced. Name and value live in the arena
 * or are constants; control characters in the value (a client's text, say) are left
 * out. */
void reply_header(struct reply *rp, const char *name, const char *value);
/* Adds a header, also if there is one of the same name (RFC 9110, section 5.3). */
void reply_add(struct reply *rp, const char *name, const char *value);
const char *reply_get(const struct reply *rp, const char *name); /* NULL: not set */
void reply_drop(struct reply *rp, const char *name);

/* Each sets the status and the body, and Content-Type if there is a body. */
void reply_json(struct reply *rp, int status, struct str json);
void reply_none(struct reply *rp, int status);
void reply_content(
    struct reply *rp, const struct content *content, const char *type);
void reply_stream(struct reply *rp, reply_stream_fn *stream, void *arg);

/* "Not Found". Without it nginx sends a status line without a reason. */
const char *reply_reason(int status);

#endif
