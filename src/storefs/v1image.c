/* v1image.c: see v1image.h. */
#include "store/v1image.h"

#include <stdio.h>

#include "base/json.h"
#include "image/ancestry.h"
#include "image/v1checksum.h"
#include "image/v1config.h"
#include "storefs/content.h"
#include "storefs/damage.h"
#include "storefs/io.h"

#define SUM_MAX ((size_t)64 << 10)
#define CURE    "push the image again"

/* Bytes; longer documents are not checked each time. Setting a tag checks all
 * ancestors of an image, and each could have documents of megabytes. */
#define SMALL_MAX ((size_t)64 << 10)

const char *
store_v1image_dir(struct arena *a, const char *id)
{
	return arena_printf(a, "images/%s", id);
}

const char *
store_v1image_path(struct arena *a, const char *id, const char *file)
{
	return arena_printf(a, "images/%s/%s", id, file);
}

/* ---- the documents ---- */

static enum result
damaged(const struct store *st, struct arena *a, const char *path, const char *what,
    struct err *err)
{
	(void)damage_found(st, a, path, what, CURE, err);
	return RC_IMAGE_UNKNOWN;
}

struct document {
	const char *file;
	size_t limit; /* bytes */
	bool (*is_whole)(struct str text, const char *id);
};

static const struct document json = {"json", V1CONFIG_MAX, v1config_is_whole};
static const struct document ancestry = {
    "ancestry", ANCESTRY_MAX, ancestry_is_whole};

/* RC_TOO_LARGE: above `limit`. */
static enum result
read_document(const struct store *st, struct arena *a, const char *id,
    const struct document *doc, size_t limit, struct str *out, struct err *err)
{
	const char *path = store_v1image_path(a, id, doc->file);
	enum result r = io_read(st, a, path, limit, out, err);

	if (r == RC_OK && !doc->is_whole(*out, id))
		return damaged(
		    st, a, path, "it is empty, cut off or another image's", err);
	return r == RC_NOT_FOUND ? RC_IMAGE_UNKNOWN : r;
}

static enum result
read_all(const struct store *st, struct arena *a, const char *id,
    const struct document *doc, struct str *out, struct err *err)
{
	enum result r = read_document(st, a, id, doc, doc->limit, out, err);

	if (r == RC_TOO_LARGE)
		return damaged(st, a, store_v1image_path(a, id, doc->file),
		    "it is too large", err);
	return r;
}

enum result
store_v1image_json(const struct store *st, struct arena *a, const char *id,
    struct str *out, struct err *err)
{
	return read_all(st, a, id, &json, out, err);
}

enum result
store_v1image_json_short(const struct store *st, struct arena *a, const char *id,
    size_t limit, struct str *out, struct err *err)
{
	return read_document(st, a, id, &json, limit, out, err);
}

enum result
store_v1image_ancestry(const struct store *st, struct arena *a, const char *id,
    struct str *out, struct err *err)
{
	return read_all(st, a, id, &ancestry, out, err);
}

/* ---- the layer and its sum ---- */

static struct str
sum_of_list(struct arena *a, struct str text)
{
	struct json *list;
	struct str sum = {"", 0}, one;
	const char *why;
	size_t i;

	if (!json_parse(a, text, &list, &why))
		return sum;
	for (i = 0; i < json_length(list); i++) {
		one = json_text(json_at(list, i));
		if (sum.n == 0 || str_starts(one, "sha256:"))
			sum = one;
	}
	return sum;
}

/* It becomes a header. */
static bool
is_sum(struct str text)
{
	size_t i;

	for (i = 0; i < text.n; i++)
		if (text.p[i] <= ' ' || text.p[i] > '~')
			return false;
	return v1checksum_parse(text).kind != V1CHECKSUM_BAD;
}

enum result
store_v1image_checksum(const struct store *st, struct arena *a, const char *id,
    struct str *out, struct err *err)
{
	struct str text;
	enum result r;

	*out = str_of(NULL);
	r = io_read(
	    st, a, store_v1image_path(a, id, "_checksum"), SUM_MAX, &text, err);
	if (r == RC_NOT_FOUND || r == RC_TOO_LARGE)
		return RC_OK;
	if (r == RC_OK && str_starts(text, "["))
		text = sum_of_list(a, text);
	if (r == RC_OK && is_sum(text))
		*out = text;
	return r;
}

static enum result
check_empty(const struct store *st, struct arena *a, const char *id,
    const char *path, struct err *err)
{
	struct str text, sum;
	enum result r = store_v1image_json(st, a, id, &text, err);

	if (r == RC_OK)
		r = store_v1image_checksum(st, a, id, &sum, err);
	if (r == RC_OK &&
	    !v1checksum_is_of_empty_layer(v1checksum_parse(sum), text))
		r = damaged(st, a, path,
		    "it is empty, and the image's sum is not that of an empty layer",
		    err);
	return r;
}

enum result
store_v1image_layer(const struct store *st, struct arena *a, const char *id,
    const struct content **out, struct err *err)
{
	const char *path;
	struct stat sb;
	enum result r;

	r = io_find_file(
	    st, a, store_v1image_path(a, id, "layer"), &path, &sb, err);
	if (r == RC_NOT_FOUND)
		return RC_IMAGE_UNKNOWN;
	if (r == RC_OK && sb.st_size == 0)
		r = check_empty(st, a, id, path, err);
	if (r == RC_OK)
		*out = content_make(a, path, (uint64_t)sb.st_size);
	return r;
}

/* ---- all of it ---- */

/* A large document is not read for this. */
static enum result
check_document(const struct store *st, struct arena *a, const char *id,
    const struct document *doc, struct err *err)
{
	struct str text;
	enum result r = read_document(st, a, id, doc, SMALL_MAX, &text, err);

	return r == RC_TOO_LARGE ? RC_OK : r;
}

/* For an image that is marked as complete. RC_IMAGE_UNKNOWN: it is not. */
static enum result
check_whole(
    const struct store *st, struct arena *a, const char *id, struct err *err)
{
	static const char *const files[] = {"json", "ancestry", "layer"};
	const struct content *layer;
	enum result r = check_document(st, a, id, &json, err);
	size_t i;

	if (r == RC_OK)
		r = check_document(st, a, id, &ancestry, err);
	if (r == RC_OK)
		r = store_v1image_layer(st, a, id, &layer, err);
	for (i = 0; r == RC_IMAGE_UNKNOWN && i < 3; i++)
		if (!io_exists(st, store_v1image_path(a, id, files[i])))
			r = damaged(st, a, store_v1image_path(a, id, files[i]),
			    "it is missing from an image that is marked as complete",
			    err);
	return r;
}

typedef enum result look_at(
    const struct store *st, const char *path, struct stat *sb, struct err *err);

static enum result
has(const struct store *st, const char *id, const char *file, look_at *look,
    bool *out, struct err *err)
{
	char path[128];
	struct stat sb;
	enum result r;

	(void)snprintf(path, sizeof(path), "images/%s/%s", id, file);
	r = look(st, path, &sb, err);
	*out = r == RC_OK;
	return r == RC_NOT_FOUND ? RC_OK : r;
}

enum result
store_v1image_exists(
    const struct store *st, const char *id, bool *out, struct err *err)
{
	return has(st, id, "json", io_stat_file, out, err);
}

static enum result
check_in_turn(const struct store *st, const char *id, struct err *err)
{
	struct arena *turn = arena_new();
	enum result r = check_whole(st, turn, id, err);

	arena_free(turn);
	return r;
}

enum result
store_v1image_state(const struct store *st, const char *id,
    enum store_v1image_state *out, struct err *err)
{
	bool there, unfinished = false;
	enum result r = has(st, id, "json", io_stat_file, &there, err);

	if (r == RC_OK && there)
		r = has(st, id, "_inprogress", io_stat, &unfinished, err);
	*out = !there       ? STORE_V1IMAGE_ABSENT
	       : unfinished ? STORE_V1IMAGE_UNFINISHED
			    : STORE_V1IMAGE_COMPLETE;
	if (r == RC_OK && *out == STORE_V1IMAGE_COMPLETE)
		r = check_in_turn(st, id, err);
	if (r == RC_IMAGE_UNKNOWN) {
		*out = STORE_V1IMAGE_DAMAGED;
		r = RC_OK;
	}
	return r;
}
