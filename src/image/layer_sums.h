/* layer_sums.h: what is known of a layer once it was read to its end: how it is compressed, and
 * the digests of its bytes and of the tar archive in it. */
#ifndef IMAGE_LAYER_SUMS_H
#define IMAGE_LAYER_SUMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "image/digest.h"

enum layer_form { LAYER_PLAIN, LAYER_GZIP, LAYER_XZ, LAYER_BZIP2, LAYER_FORMS };

struct layer_sums {
	enum layer_form form;
	struct digest digest;  /* of the bytes as they are stored */
	uint64_t size;         /* of these bytes */
	struct digest diff_id; /* of the tar archive, SHA-256 */
	uint64_t unpacked;     /* bytes of the tar archive */
	bool zero; /* the archive is empty: it has only bytes of zero, or none */
};

/* Clients of API v2 get plain tar and gzip as they are, and of other forms the tar archive
 * (its digest is the diff_id). Are the stored bytes what such a client gets? */
bool layer_sums_is_served(const struct layer_sums *sums);

/* The digest and the size of what a client of API v2 gets. */
const struct digest *layer_sums_blob(const struct layer_sums *sums, uint64_t *size);

/* The media type of that in Docker's schema 2. */
const char *layer_sums_type(const struct layer_sums *sums);

/* As one line of text without a newline, and back. False: it is not such a line. */
const char *layer_sums_text(struct arena *a, const struct layer_sums *sums);
bool layer_sums_parse(struct str text, struct layer_sums *out);

#endif
