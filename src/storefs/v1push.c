/* v1push.c: see v1push.h. What a push writes; v1push_query.c is what is there of it. */
#include "store/v1push.h"

#include <string.h>

#include "image/ancestry.h"
#include "image/v1checksum.h"
#include "image/v1config.h"
#include "store/derived.h"
#include "store/v1image.h"
#include "storefs/damage.h"
#include "storefs/io.h"
#include "storefs/listing.h"
#include "storefs/stage.h"
#include "storefs/v1push_query.h"

/* A file of the push gets a second name there or among the images. */
static enum result
link_as(struct store *st, struct arena *a, const char *id, const char *from,
    const char *dir, const char *name, struct err *err)
{
	return io_link(st, arena_printf(a, "%s/%s", v1push_query_dir(a, id), from),
	    dir, name, err);
}

/* ---- open: how many pushes are not over ---- */

static enum result
set_open_count(
    struct store *st, struct arena *a, const char *id, long long n, struct err *err)
{
	return io_put(st, v1push_query_dir(a, id), "open",
	    str_of(arena_printf(a, "%lld", n)), err);
}

/* ---- begin ---- */

/* Too many different json for one image: all that wait for a layer make room. */
static enum result
bound_begun(struct store *st, struct arena *a, const char *id, struct err *err)
{
	struct listing names;
	size_t i, n = 0;
	enum result r = listing_page(
	    st, a, v1push_query_dir(a, id), "begun-", &names, err);

	for (i = 0; r == RC_OK && i < names.n; i++)
		n += str_starts(str_of(names.names[i]), "begun-");
	if (n < 2 * STORE_V1PUSH_JSONS)
		return r;
	for (i = 0; r == RC_OK && i < names.n; i++)
		if (str_starts(str_of(names.names[i]), "begun-"))
			r = io_unlink(st,
			    arena_printf(a, "%s/%s", v1push_query_dir(a, id),
				names.names[i]),
			    err);
	return r;
}

static enum result
write_begun(struct store *st, struct arena *a, const char *id, const char *name,
    const struct store_v1push_begin *begin, struct err *err)
{
	const char *dir = v1push_query_dir(a, id);
	enum result r;

	r = io_put(st, dir, arena_printf(a, "begun-%s.ancestry", name),
	    begin->ancestry, err);
	if (r == RC_OK)
		r = io_put(st, dir, arena_printf(a, "begun-%s.json", name),
		    begin->json, err);
	if (r == RC_OK && begin->want.n > 0)
		r = io_put(st, dir,
		    arena_printf(a, "want-%.*s", STR_ARG(begin->want)),
		    str_of(NULL), err);
	if (r == RC_OK && begin->given.n == 0)
		r = io_put(st, dir, "later", str_of(NULL), err);
	return r;
}

static enum result
write_unfinished(struct store *st, struct arena *a, const char *id,
    const char *name, struct str given, struct err *err)
{
	const char *dir = store_v1image_dir(a, id);
	enum result r;

	r = io_mkdirs(st, dir, err);
	if (r == RC_OK)
		r = io_put(st, dir, "_inprogress", str_of("true"), err);
	if (r == RC_OK)
		r = io_sync(st, dir, err);
	if (r == RC_OK)
		r = link_as(st, a, id, arena_printf(a, "begun-%s.ancestry", name),
		    dir, "ancestry", err);
	if (r == RC_OK)
		r = link_as(st, a, id, arena_printf(a, "begun-%s.json", name), dir,
		    "json", err);
	if (r == RC_OK && given.n > 0)
		r = io_put(st, dir, "_checksum", given, err);
	else if (r == RC_OK)
		r = io_unlink(st, store_v1image_path(a, id, "_checksum"), err);
	if (r == RC_OK)
		r = store_derived_forget(st, a, id, err);
	if (r == RC_OK)
		r = io_sync(st, dir, err);
	return r;
}

enum result
store_v1push_begin(struct store *st, struct arena *a, const char *id,
    const struct store_v1push_begin *begin, struct err *err)
{
	char name[HASH_SHA256_HEX_SIZE];
	enum result r;

	hash_of(HASH_SHA256, begin->json, name);
	r = io_mkdirs(st, v1push_query_dir(a, id), err);
	if (r == RC_OK)
		r = bound_begun(st, a, id, err);
	if (r == RC_OK)
		r = write_begun(st, a, id, name, begin, err);
	if (r == RC_OK)
		r = set_open_count(
		    st, a, id, v1push_query_count(st, a, id) + 1, err);
	if (r == RC_OK)
		r = io_sync(st, v1push_query_dir(a, id), err);
	if (r == RC_OK)
		r = write_unfinished(st, a, id, name, begin->given, err);
	return r;
}

/* ---- the layer ---- */

/* *whole: the json is the one that began the push, by the sum in its name. Otherwise
 * the push is skipped: its client begins again. */
static enum result
take_begun(struct store *st, struct arena *a, const char *id, const char *file,
    struct store_v1push *out, bool *whole, struct err *err)
{
	const char *path = arena_printf(a, "%s/%s", v1push_query_dir(a, id), file);
	char sum[HASH_SHA256_HEX_SIZE];
	struct str name = str_of(file);
	enum result r;

	*whole = false;
	(void)str_cut(&name, '-');
	name = str_cut(&name, '.');
	if (name.n != HASH_SHA256_HEX_SIZE - 1)
		return err_set(err, RC_IO, "%s: not a file of a push", file);
	memcpy(out->name, name.p, HASH_SHA256_HEX_SIZE - 1);
	out->name[HASH_SHA256_HEX_SIZE - 1] = '\0';
	r = io_read(st, a, path, V1CONFIG_MAX, &out->json, err);
	if (r != RC_OK)
		return r;
	hash_of(HASH_SHA256, out->json, sum);
	*whole = strcmp(sum, out->name) == 0;
	if (!*whole)
		(void)damage_found(st, a, path,
		    "its bytes have another sum than its name",
		    "push the image again", err);
	return RC_OK;
}

/* An old server died, or was replaced, between its json and its layer. */
static enum result
adopt_unfinished(struct store *st, struct arena *a, const char *id,
    struct store_v1push *out, struct err *err)
{
	struct store_v1push_begin begin = {.given = {"", 0}};
	struct v1checksum sum;
	enum result r;

	r = store_v1image_json(st, a, id, &begin.json, err);
	if (r == RC_OK)
		r = store_v1image_ancestry(st, a, id, &begin.ancestry, err);
	if (r == RC_OK)
		r = store_v1image_checksum(st, a, id, &begin.given, err);
	if (r == RC_OK)
		r = io_mkdirs(st, v1push_query_dir(a, id), err);
	hash_of(HASH_SHA256, begin.json, out->name);
	out->json = begin.json;
	sum = v1checksum_parse(begin.given);
	begin.want = v1checksum_wanted(&sum);
	if (r == RC_OK)
		r = write_begun(st, a, id, out->name, &begin, err);
	return r;
}

static enum result
read_begun(struct store *st, struct arena *a, const char *id,
    struct store_v1push begun[STORE_V1PUSH_JSONS], size_t *n, struct err *err)
{
	struct listing names;
	enum result r;
	bool whole;
	size_t i;

	*n = 0;
	r = listing_page(st, a, v1push_query_dir(a, id), "begun-", &names, err);
	for (i = 0; r == RC_OK && i < names.n && *n < STORE_V1PUSH_JSONS; i++) {
		const char *dot = strrchr(names.names[i], '.');

		if (!str_starts(str_of(names.names[i]), "begun-"))
			break;
		if (dot == NULL || strcmp(dot, ".json") != 0)
			continue;
		r = take_begun(st, a, id, names.names[i], &begun[*n], &whole, err);
		*n += whole;
	}
	return r;
}

enum result
store_v1push_list(struct store *st, struct arena *a, const char *id,
    struct store_v1push begun[STORE_V1PUSH_JSONS], size_t *n, struct err *err)
{
	enum result r = read_begun(st, a, id, begun, n, err);

	if (r == RC_OK && *n == 0)
		r = adopt_unfinished(st, a, id, &begun[(*n)++], err);
	return r == RC_NOT_FOUND ? RC_IMAGE_UNKNOWN : r;
}

enum result
store_v1push_list_others(struct store *st, struct arena *a, const char *id,
    struct store_v1push begun[STORE_V1PUSH_JSONS], size_t *n, struct err *err)
{
	enum result r = read_begun(st, a, id, begun, n, err);

	if (r != RC_NOT_FOUND)
		return r;
	*n = 0; /* over meanwhile */
	return RC_OK;
}

void
store_v1push_touch(const struct store *st, struct arena *a, const char *id)
{
	struct err ignored;

	(void)io_touch(st, v1push_query_dir(a, id), NULL, &ignored);
}

enum result
store_v1push_sync(
    const struct store *st, struct arena *a, const char *id, struct err *err)
{
	return durable_dir(st, store_v1image_dir(a, id), err);
}

static enum result
wait_under(struct store *st, struct arena *a, const char *id, struct stage *sg,
    const struct store_v1push *b, struct err *err)
{
	static const char *const endings[] = {"ancestry", "json"};
	enum result r = RC_OK;
	size_t i;

	for (i = 0; r == RC_OK && i < 2; i++)
		r = link_as(st, a, id,
		    arena_printf(a, "begun-%s.%s", b->name, endings[i]),
		    v1push_query_dir(a, id),
		    arena_printf(a, "wait-%s.%s", b->payload, endings[i]), err);
	if (r == RC_OK)
		r = stage_name(sg, v1push_query_dir(a, id),
		    arena_printf(a, "wait-%s.layer", b->payload), err);
	return r;
}

/* When the file was written, in nanoseconds; 0 where it is gone. */
static int64_t
time_of(const struct store *st, const char *path)
{
	struct stat sb;
	struct err ignored;

	if (io_stat(st, path, &sb, &ignored) != RC_OK)
		return 0;
	return (int64_t)sb.st_mtim.tv_sec * 1000000000 + sb.st_mtim.tv_nsec;
}

/* The oldest name under which a layer waits, and how many there are. */
static enum result
oldest_waiting(struct store *st, struct arena *a, const char *id,
    const char **oldest, size_t *n, struct err *err)
{
	const char *dir = v1push_query_dir(a, id);
	struct listing names;
	enum result r = listing_page(st, a, dir, "wait-", &names, err);
	size_t i;

	*oldest = NULL;
	*n = 0;
	for (i = 0; r == RC_OK && i < names.n; i++) {
		const char *path = arena_printf(a, "%s/%s", dir, names.names[i]);

		if (strstr(names.names[i], ".layer") == NULL)
			continue;
		++*n;
		if (*oldest == NULL || time_of(st, path) < time_of(st, *oldest))
			*oldest = path;
	}
	return r;
}

/* A client in a loop must not fill the disk: of too many layers that wait the oldest
 * goes. Its sum is forgotten with it, so its owner begins again. */
static enum result
bound_waiting(struct store *st, struct arena *a, const char *id, size_t adding,
    struct err *err)
{
	const char *oldest;
	size_t n;
	enum result r = oldest_waiting(st, a, id, &oldest, &n, err);

	while (r == RC_OK && n > 0 && n + adding > STORE_V1PUSH_WAITING) {
		r = io_unlink(st, oldest, err);
		if (r == RC_OK)
			r = oldest_waiting(st, a, id, &oldest, &n, err);
	}
	return r;
}

enum result
store_v1push_wait(struct store *st, struct arena *a, const char *id,
    struct stage *sg, const struct store_v1push *begun, size_t n, struct err *err)
{
	enum result r = bound_waiting(st, a, id, n, err);
	size_t i;

	for (i = 0; r == RC_OK && i < n; i++)
		r = wait_under(st, a, id, sg, &begun[i], err);
	if (r == RC_OK)
		r = io_sync(st, v1push_query_dir(a, id), err);
	return r;
}

enum result
store_v1push_record_late_layer(struct store *st, struct arena *a, const char *id,
    const struct store_v1push *begun, size_t n, struct err *err)
{
	enum result r = RC_OK;
	size_t i;

	for (i = 0; r == RC_OK && i < n; i++)
		r = io_put(st, v1push_query_dir(a, id),
		    arena_printf(a, "seen-%s", begun[i].payload), str_of(NULL),
		    err);
	if (r == RC_OK)
		r = io_sync(st, v1push_query_dir(a, id), err);
	return r;
}

/* ---- confirm ---- */

/* Of each layer that waited in vain the sum stays, for its owner's own checksum. */
static enum result
tidy(struct store *st, struct arena *a, const char *id, struct err *err)
{
	const char *dir = v1push_query_dir(a, id);
	struct listing names;
	enum result r;
	size_t i;

	r = listing_page(st, a, dir, "wait-", &names, err);
	for (i = 0; r == RC_OK && i < names.n; i++) {
		struct str sum = v1push_query_checksum(names.names[i], "");

		if (!str_starts(str_of(names.names[i]), "wait-"))
			continue;
		sum = str_cut(&sum, '.');
		r = io_put(st, dir, arena_printf(a, "seen-%.*s", STR_ARG(sum)),
		    str_of(NULL), err);
		if (r == RC_OK)
			r = io_unlink(
			    st, arena_printf(a, "%s/%s", dir, names.names[i]), err);
	}
	return r;
}

/* After the last push nothing is left; one that is still under way finds its json
 * and sums here, until store_v1push_sweep() removes them. */
static enum result
close_push(struct store *st, struct arena *a, const char *id, struct err *err)
{
	long long left = v1push_query_count(st, a, id) - 1;
	enum result r;

	if (left <= 0) {
		r = io_remove_dir(st, IO_PUSH_DIR, id, err);
		return r == RC_NOT_FOUND ? RC_OK : r;
	}
	r = tidy(st, a, id, err);
	if (r == RC_OK)
		r = set_open_count(st, a, id, left, err);
	return r;
}

static enum result
complete(struct store *st, struct arena *a, const char *id, const char *payload,
    struct err *err)
{
	static const char *const files[] = {"layer", "ancestry", "json"};
	const char *dir = store_v1image_dir(a, id);
	enum result r = RC_OK;
	size_t i;

	r = store_derived_forget(st, a, id, err);
	for (i = 0; r == RC_OK && i < 3; i++)
		r = link_as(st, a, id,
		    arena_printf(a, "wait-%s.%s", payload, files[i]), dir, files[i],
		    err);
	if (r == RC_OK)
		r = io_put(st, dir, "_checksum",
		    str_of(arena_printf(a, "sha256:%s", payload)), err);
	if (r == RC_OK)
		r = io_sync(st, dir, err);
	if (r == RC_OK)
		r = io_unlink(st, store_v1image_path(a, id, "_inprogress"), err);
	if (r == RC_OK)
		r = durable_finished(st, dir, err);
	return r;
}

enum result
store_v1push_confirm(struct store *st, struct arena *a, const char *id,
    const char *payload, struct err *err)
{
	enum result r = complete(st, a, id, payload, err);

	return r == RC_OK ? close_push(st, a, id, err) : r;
}

enum result
store_v1push_confirm_early(struct store *st, struct arena *a, const char *id,
    const char *payload, struct err *err)
{
	enum result r = complete(st, a, id, payload, err);

	return r == RC_OK ? tidy(st, a, id, err) : r;
}
