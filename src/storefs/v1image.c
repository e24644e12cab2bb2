/* v1image.c: see store/v1image.h.
 *
 * images/<id>/ holds json, ancestry, layer and _checksum, and _inprogress as long as the image
 * is not complete. */
#include "storefs/v1image.h"

#include "base/fnv.h"
#include "base/json.h"
#include "image/ancestry.h"
#include "image/v1checksum.h"
#include "image/v1config.h"
#include "storefs/content.h"
#include "storefs/damage.h"
#include "storefs/fingerprint.h"
#include "storefs/io.h"

#define SUM_MAX ((size_t)64 << 10)
#define CURE    "push the image again"

/* Bytes; longer documents are not checked each time. Setting a tag checks all
 * ancestors of an image, and each could have documents of megabytes. */
#define SMALL_MAX ((size_t)64 << 10)

struct store_v1image
store_v1image_make(struct store *st, struct arena *a, const char *id)
{
	return (struct store_v1image){st, a, id};
}

const char *
v1image_dir(const struct store_v1image *im)
{
	return arena_printf(im->arena, "images/%s", im->id);
}

const char *
v1image_path(const struct store_v1image *im, const char *file)
{
	return arena_printf(im->arena, "images/%s/%s", im->id, file);
}

/* ---- the documents ---- */

static enum result
report_damage(const struct store_v1image *im, const char *path, const char *what,
    struct err *err)
{
	(void)damage_found(im->st, im->arena, path, what, CURE, err);
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
read_document(const struct store_v1image *im, const struct document *doc,
    size_t limit, struct str *out, struct err *err)
{
	const char *path = v1image_path(im, doc->file);
	enum result r = io_read(im->st, im->arena, path, limit, out, err);

	if (r == RC_OK && !doc->is_whole(*out, im->id))
		return report_damage(
		    im, path, "it is empty, cut off or another image's", err);
	return r == RC_NOT_FOUND ? RC_IMAGE_UNKNOWN : r;
}

static enum result
read_whole(const struct store_v1image *im, const struct document *doc,
    struct str *out, struct err *err)
{
	enum result r = read_document(im, doc, doc->limit, out, err);

	if (r == RC_TOO_LARGE)
		return report_damage(
		    im, v1image_path(im, doc->file), "it is too large", err);
	return r;
}

enum result
store_v1image_json(const struct store_v1image *im, struct str *out, struct err *err)
{
	return read_whole(im, &json, out, err);
}

enum result
store_v1image_json_short(
    const struct store_v1image *im, size_t limit, struct str *out, struct err *err)
{
	return read_document(im, &json, limit, out, err);
}

enum result
store_v1image_ancestry(
    const struct store_v1image *im, struct str *out, struct err *err)
{
	return read_whole(im, &ancestry, out, err);
}

/* ---- the layer and its checksum ---- */

/* The SHA-256 of a JSON list of checksums, or its first one. */
static struct str
checksum_of_list(struct arena *a, struct str text)
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

/* It becomes a header, so it must be one word of ASCII. */
static bool
is_checksum(struct str text)
{
	size_t i;

	for (i = 0; i < text.n; i++)
		if (text.p[i] <= ' ' || text.p[i] > '~')
			return false;
	return v1checksum_parse(text).kind != V1CHECKSUM_BAD;
}

enum result
store_v1image_checksum(
    const struct store_v1image *im, struct str *out, struct err *err)
{
	struct str text;
	enum result r = io_read(
	    im->st, im->arena, v1image_path(im, "_checksum"), SUM_MAX, &text, err);

	*out = str_of(NULL);
	if (r == RC_NOT_FOUND || r == RC_TOO_LARGE)
		return RC_OK;
	if (r == RC_OK && str_starts(text, "["))
		text = checksum_of_list(im->arena, text);
	if (r == RC_OK && is_checksum(text))
		*out = text;
	return r;
}

/* An empty layer: RC_IMAGE_UNKNOWN if it should not be empty. */
static enum result
check_empty(const struct store_v1image *im, const char *path, struct err *err)
{
	struct str text, sum;
	enum result r = store_v1image_json(im, &text, err);

	if (r == RC_OK)
		r = store_v1image_checksum(im, &sum, err);
	if (r == RC_OK &&
	    !v1checksum_is_of_empty_layer(v1checksum_parse(sum), text))
		r = report_damage(im, path,
		    "it is empty, and the image's sum is not that of an empty layer",
		    err);
	return r;
}

enum result
store_v1image_layer(
    const struct store_v1image *im, const struct content **out, struct err *err)
{
	struct io_found found;
	enum result r = io_find_file(
	    im->st, im->arena, v1image_path(im, "layer"), &found, err);

	if (r == RC_NOT_FOUND)
		return RC_IMAGE_UNKNOWN;
	if (r == RC_OK && found.sb.st_size == 0)
		r = check_empty(im, found.path, err);
	if (r == RC_OK)
		*out = content_make(
		    im->arena, found.path, (uint64_t)found.sb.st_size);
	return r;
}

/* ---- its state ---- */

/* A large document is not read for this. */
static enum result
check_document(
    const struct store_v1image *im, const struct document *doc, struct err *err)
{
	struct str text;
	enum result r = read_document(im, doc, SMALL_MAX, &text, err);

	return r == RC_TOO_LARGE ? RC_OK : r;
}

/* For an image that counts as complete. RC_IMAGE_UNKNOWN: it is not whole. */
static enum result
check_whole(const struct store_v1image *im, struct err *err)
{
	static const char *const files[] = {"json", "ancestry", "layer"};
	const struct content *layer;
	enum result r = check_document(im, &json, err);
	size_t i;

	if (r == RC_OK)
		r = check_document(im, &ancestry, err);
	if (r == RC_OK)
		r = store_v1image_layer(im, &layer, err);
	for (i = 0; r == RC_IMAGE_UNKNOWN && i < 3; i++)
		if (!io_exists(im->st, v1image_path(im, files[i])))
			r = report_damage(im, v1image_path(im, files[i]),
			    "it is missing from an image that is marked as complete",
			    err);
	return r;
}

/* Takes nothing from the arena: a list may have very many images. */
enum result
store_v1image_exists(const struct store_v1image *im, bool *out, struct err *err)
{
	char path[IO_PATH_MAX];
	struct stat sb;
	enum result r = io_path(path, err, "images/%s/json", im->id);

	if (r == RC_OK)
		r = io_stat_file(im->st, path, &sb, err);
	*out = r == RC_OK;
	return r == RC_NOT_FOUND ? RC_OK : r;
}

/* What is read on the way needs an arena of its own: many images are looked at in turn. */
enum result
store_v1image_state(
    const struct store_v1image *im, enum store_v1image_state *out, struct err *err)
{
	struct arena *scratch = arena_new();
	const struct store_v1image look = {im->st, scratch, im->id};
	struct stat sb;
	bool there;
	enum result r = store_v1image_exists(&look, &there, err);

	*out = STORE_V1IMAGE_ABSENT;
	if (r == RC_OK && there) {
		r = io_stat(im->st, v1image_path(&look, "_inprogress"), &sb, err);
		*out = r == RC_OK ? STORE_V1IMAGE_UNFINISHED
				  : STORE_V1IMAGE_COMPLETE;
		if (r == RC_NOT_FOUND)
			r = check_whole(&look, err);
		if (r == RC_IMAGE_UNKNOWN) {
			*out = STORE_V1IMAGE_DAMAGED;
			r = RC_OK;
		}
	}
	arena_free(scratch);
	return r;
}

/* ---- its version ---- */

/* The time of change and the inode do not count: a layer gets another name when the bridge uses it
 * (stage_of_layer()), and nothing has to be made again in a copy of the store. */
enum result
store_v1image_version(
    const struct store_v1image *im, struct str *out, struct err *err)
{
	static const char *const files[] = {"json", "ancestry", "layer"};
	uint64_t h = FNV_START;
	enum result r = RC_OK;
	struct stat sb;
	size_t i;

	for (i = 0; r == RC_OK && i < 3; i++) {
		r = io_stat_file(im->st, v1image_path(im, files[i]), &sb, err);
		if (r != RC_OK)
			break;
		h = fnv_add(h, &sb.st_size, sizeof(sb.st_size));
		h = fnv_add(h, &sb.st_mtim, sizeof(sb.st_mtim));
	}
	*out = fingerprint_text(im->arena, h);
	return r == RC_NOT_FOUND ? RC_IMAGE_UNKNOWN : r;
}
