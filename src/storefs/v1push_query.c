/* v1push_query.c: what is there of the pushes of an image (v1push.h). Nothing is written. */
#include "storefs/v1push_query.h"
#include "storefs/stage.h"

#include <string.h>

#include "image/v1checksum.h"
#include "image/v1config.h"
#include "store/v1image.h"
#include "store/v1push.h"
#include "storefs/io.h"
#include "storefs/listing.h"

const char *
v1push_query_dir(struct arena *a, const char *id)
{
	return arena_printf(a, IO_PUSH_DIR "/%s", id);
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
v1push_query_count(const struct store *st, struct arena *a, const char *id)
{
	struct err ignored;
	struct str text;
	long long n;

	if (io_read(st, a, arena_printf(a, "%s/open", v1push_query_dir(a, id)), 32,
		&text, &ignored) != RC_OK ||
	    !str_to_int64(text, &n))
		return 0;
	return n;
}

bool
store_v1push_is_open(const struct store *st, struct arena *a, const char *id)
{
	return v1push_query_count(st, a, id) > 0;
}

static bool
push_has(const struct store *st, struct arena *a, const char *id, const char *kind,
    const char *sum)
{
	return io_exists(
	    st, arena_printf(a, "%s/%s-%s", v1push_query_dir(a, id), kind, sum));
}

bool
store_v1push_wants(
    const struct store *st, struct arena *a, const char *id, const char *payload)
{
	return push_has(st, a, id, "want", payload);
}

/* An empty layer may be the rest of another one (v1image.h). */
bool
store_v1push_waits(
    const struct store *st, struct arena *a, const char *id, const char *payload)
{
	const char *name = arena_printf(
	    a, "%s/wait-%s", v1push_query_dir(a, id), payload);
	struct v1checksum sum = v1checksum_parse(
	    str_of(arena_printf(a, "sha256:%s", payload)));
	struct err ignored;
	struct stat sb;
	struct str json;

	if (io_stat_file(st, arena_printf(a, "%s.layer", name), &sb, &ignored) !=
	    RC_OK)
		return false;
	return sb.st_size > 0 || (io_read(st, a, arena_printf(a, "%s.json", name),
				      V1CONFIG_MAX, &json, &ignored) == RC_OK &&
				     v1checksum_is_of_empty_layer(sum, json));
}

bool
store_v1push_had_late_layer(
    const struct store *st, struct arena *a, const char *id, const char *payload)
{
	return push_has(st, a, id, "seen", payload);
}

enum result
store_v1push_tarsums(const struct store *st, struct arena *a, const char *id,
    struct str *out, size_t most, size_t *n, struct err *err)
{
	struct listing names;
	enum result r = listing_page(
	    st, a, v1push_query_dir(a, id), "want-tarsum", &names, err);
	size_t i;

	*n = 0;
	for (i = 0; r == RC_OK && i < names.n && *n < most; i++)
		if (str_starts(str_of(names.names[i]), "want-tarsum"))
			out[(*n)++] = v1push_query_checksum(names.names[i], "");
	return r;
}

enum result
store_v1push_waiting(const struct store *st, struct arena *a, const char *id,
    struct store_v1push_waiting *out, size_t most, size_t *n, struct err *err)
{
	struct listing names;
	enum result r = listing_page(
	    st, a, v1push_query_dir(a, id), "wait-", &names, err);
	size_t i;

	*n = 0;
	for (i = 0; r == RC_OK && i < names.n && *n < most; i++) {
		struct store_v1push_waiting *w = &out[*n];

		if (!str_starts(str_of(names.names[i]), "wait-") ||
		    !str_ends(str_of(names.names[i]), ".layer"))
			continue;
		w->payload = str_dup(
		    a, v1push_query_checksum(names.names[i], ".layer"));
		r = io_read(st, a,
		    arena_printf(
			a, "%s/wait-%s.json", v1push_query_dir(a, id), w->payload),
		    V1CONFIG_MAX, &w->json, err);
		if (r == RC_OK)
			(*n)++;
		else if (r == RC_NOT_FOUND)
			r = RC_OK; /* tidied away meanwhile */
	}
	return r;
}

enum result
store_v1push_layer(struct store *st, struct arena *a, const char *id,
    const char *payload, struct stage **out, struct err *err)
{
	const char *path = arena_printf(
	    a, "%s/wait-%s.layer", v1push_query_dir(a, id), payload);
	struct stat sb;
	enum result r = io_stat(st, path, &sb, err);

	return r == RC_OK ? stage_open(st, a, path, (uint64_t)sb.st_size, out, err)
			  : r;
}

enum result
store_v1push_has_layer(const struct store *st, struct arena *a, const char *id,
    bool *out, struct err *err)
{
	struct listing names;
	enum result r;
	size_t i;

	*out = false;
	r = listing_page(st, a, v1push_query_dir(a, id), "open", &names, err);
	for (i = 0; r == RC_OK && i < names.n; i++)
		if (str_starts(str_of(names.names[i]), "seen-") ||
		    strstr(names.names[i], ".layer") != NULL)
			*out = true;
	return r;
}

bool
store_v1push_all_gave_checksums(
    const struct store *st, struct arena *a, const char *id)
{
	return io_exists(st, store_v1image_path(a, id, "_checksum")) &&
	       !io_exists(st, arena_printf(a, "%s/later", v1push_query_dir(a, id)));
}
