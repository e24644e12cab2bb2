/* v1push_query.c: what is stored of the pushes of an image (store/v1push.h). Reads only. */
#include "storefs/v1push_query.h"
#include "storefs/stage.h"

#include <string.h>

#include "image/v1checksum.h"
#include "image/v1config.h"
#include "store/v1push.h"
#include "storefs/io.h"
#include "storefs/v1image.h"

const char *
v1push_query_dir(const struct store_v1image *im)
{
	return arena_printf(im->arena, IO_PUSH_DIR "/%s", im->id);
}

const char *
v1push_query_path(const struct store_v1image *im, const char *file)
{
	return arena_printf(im->arena, IO_PUSH_DIR "/%s/%s", im->id, file);
}

enum result
v1push_query_names(const struct store_v1image *im, const char *prefix,
    struct listing *out, struct err *err)
{
	const struct listing_from from = {v1push_query_dir(im), prefix};
	enum result r = listing_page(im->st, im->arena, from, out, err);
	size_t i;

	for (i = 0; i < out->n && str_starts(str_of(out->names[i]), prefix); i++)
		;
	out->n = i;
	return r;
}

struct str
v1push_query_checksum(const char *name, const char *ending)
{
	struct str sum = str_of(name);

	(void)str_cut(&sum, '-');
	sum.n -= strlen(ending);
	return sum;
}

long long
v1push_query_count(const struct store_v1image *im)
{
	struct err ignored;
	struct str text;
	long long n;

	if (io_read(im->st, im->arena, v1push_query_path(im, "open"), 32, &text,
		&ignored) != RC_OK ||
	    !str_to_int64(text, &n))
		return 0;
	return n;
}

bool
store_v1push_is_open(const struct store_v1image *im)
{
	return v1push_query_count(im) > 0;
}

bool
store_v1push_wants(const struct store_v1image *im, const char *payload)
{
	return io_exists(im->st,
	    arena_printf(im->arena, "%s/want-%s", v1push_query_dir(im), payload));
}

bool
store_v1push_had_late_layer(const struct store_v1image *im, const char *payload)
{
	return io_exists(im->st,
	    arena_printf(im->arena, "%s/seen-%s", v1push_query_dir(im), payload));
}

/* An empty layer may be what is left of a damaged one (store/v1image.h). */
bool
store_v1push_waits(const struct store_v1image *im, const char *payload)
{
	const char *name = arena_printf(
	    im->arena, "%s/wait-%s", v1push_query_dir(im), payload);
	struct v1checksum sum = v1checksum_parse(
	    str_of(arena_printf(im->arena, "sha256:%s", payload)));
	struct err ignored;
	struct stat sb;
	struct str json;

	if (io_stat_file(im->st, arena_printf(im->arena, "%s.layer", name), &sb,
		&ignored) != RC_OK)
		return false;
	if (sb.st_size > 0)
		return true;
	return io_read(im->st, im->arena, arena_printf(im->arena, "%s.json", name),
		   V1CONFIG_MAX, &json, &ignored) == RC_OK &&
	       v1checksum_is_of_empty_layer(sum, json);
}

enum result
store_v1push_tarsums(const struct store_v1image *im, struct str *out, size_t limit,
    size_t *n, struct err *err)
{
	struct listing names;
	enum result r = v1push_query_names(im, "want-tarsum", &names, err);

	for (*n = 0; r == RC_OK && *n < names.n && *n < limit; (*n)++)
		out[*n] = v1push_query_checksum(names.names[*n], "");
	return r;
}

enum result
store_v1push_waiting(const struct store_v1image *im,
    struct store_v1push_waiting *out, size_t limit, size_t *n, struct err *err)
{
	struct listing names;
	enum result r = v1push_query_names(im, "wait-", &names, err);
	size_t i;

	*n = 0;
	for (i = 0; r == RC_OK && i < names.n && *n < limit; i++) {
		struct store_v1push_waiting *w = &out[*n];

		if (!str_ends(str_of(names.names[i]), ".layer"))
			continue;
		w->payload = str_dup(
		    im->arena, v1push_query_checksum(names.names[i], ".layer"));
		r = io_read(im->st, im->arena,
		    arena_printf(im->arena, "%s/wait-%s.json", v1push_query_dir(im),
			w->payload),
		    V1CONFIG_MAX, &w->json, err);
		if (r == RC_OK)
			(*n)++;
		else if (r == RC_NOT_FOUND)
			r = RC_OK; /* removed meanwhile */
	}
	return r;
}

enum result
store_v1push_layer(const struct store_v1image *im, const char *payload,
    struct stage **out, struct err *err)
{
	const char *path = arena_printf(
	    im->arena, "%s/wait-%s.layer", v1push_query_dir(im), payload);
	struct stat sb;
	enum result r = io_stat(im->st, path, &sb, err);

	if (r != RC_OK)
		return r;
	return stage_open(im->st, im->arena, path, (uint64_t)sb.st_size, out, err);
}

enum result
store_v1push_has_layer(const struct store_v1image *im, bool *out, struct err *err)
{
	struct listing names;
	enum result r = v1push_query_names(im, "", &names, err);
	size_t i;

	*out = false;
	for (i = 0; r == RC_OK && i < names.n; i++)
		if (str_starts(str_of(names.names[i]), "seen-") ||
		    strstr(names.names[i], ".layer") != NULL)
			*out = true;
	return r;
}

bool
store_v1push_all_gave_checksums(const struct store_v1image *im)
{
	return io_exists(im->st, v1image_path(im, "_checksum")) &&
	       !io_exists(im->st, v1push_query_path(im, "later"));
}
