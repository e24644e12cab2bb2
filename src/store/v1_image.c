/* v1_image.c: see v1_image.h. */
#include "store/v1_image.h"

#include <stdio.h>

#include "base/json.h"
#include "image/v1_ancestry.h"
#include "image/v1_json.h"
#include "store/io.h"

#define SUM_MAX ((size_t)64 << 10)

const char *
v1_image_dir(struct arena *a, const char *id)
{
	return arena_printf(a, "images/%s", id);
}

const char *
v1_image_path(struct arena *a, const char *id, const char *file)
{
	return arena_printf(a, "images/%s/%s", id, file);
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
	return r == RC_ABSENT ? RC_OK : r;
}

enum result
v1_image_state(
    const struct store *st, const char *id, enum v1_state *out, struct err *err)
{
	bool json, unfinished = false;
	enum result r;

	r = has(st, id, "json", io_stat_file, &json, err);
	if (r == RC_OK && json)
		r = has(st, id, "_inprogress", io_stat, &unfinished, err);
	*out = !json ? V1_ABSENT : unfinished ? V1_UNFINISHED : V1_COMPLETE;
	return r;
}

static enum result
read_file(const struct store *st, struct arena *a, const char *id, const char *file,
    size_t limit, struct str *out, struct err *err)
{
	enum result r = io_read(st, a, v1_image_path(a, id, file), limit, out, err);

	/* no push wrote that: a fault of the store, not of the caller */
	if (r == RC_TOO_LARGE)
		return RC_IO;
	return r == RC_ABSENT ? RC_IMAGE_UNKNOWN : r;
}

enum result
v1_image_json(const struct store *st, struct arena *a, const char *id,
    struct str *out, struct err *err)
{
	return read_file(st, a, id, "json", V1_JSON_MAX, out, err);
}

enum result
v1_image_ancestry(const struct store *st, struct arena *a, const char *id,
    struct str *out, struct err *err)
{
	return read_file(st, a, id, "ancestry", V1_ANCESTRY_MAX, out, err);
}

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

enum result
v1_image_sum(const struct store *st, struct arena *a, const char *id,
    struct str *out, struct err *err)
{
	enum result r;

	*out = str_of(NULL);
	r = io_read(st, a, v1_image_path(a, id, "_checksum"), SUM_MAX, out, err);
	if (r == RC_ABSENT)
		return RC_OK;
	if (r == RC_OK && str_starts(*out, "["))
		*out = sum_of_list(a, *out);
	return r;
}

enum result
v1_image_layer(const struct store *st, struct arena *a, const char *id,
    struct store_file *out, struct err *err)
{
	struct stat sb;
	enum result r;

	r = io_find_file(
	    st, a, v1_image_path(a, id, "layer"), &out->name, &sb, err);
	if (r == RC_ABSENT)
		return RC_IMAGE_UNKNOWN;
	if (r == RC_OK)
		out->size = (uint64_t)sb.st_size;
	return r;
}
