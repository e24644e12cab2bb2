/* v1push.c: what a push through API v1 writes (store/v1push.h); v1push_query.c reads it.
 *
 * What the clients sent of an image is in _berth/push/<id>/ until it is complete:
 *
 *	begun-<J>.json|.ancestry	what a push began with; J: SHA-256 of the json
 *	wait-<P>.json|.ancestry|.layer	a layer that came, by its payload sum P
 *	want-<P>, want-tarsum...	a checksum that was given before its layer
 *	later				some push gives its checksum later
 *	seen-<P>			the sum of a layer that came when it could not become the
 *					image's any more
 *	open				number of pushes that began and are not over
 *
 * The order of the durable steps. Killed between any two of them, the image is afterwards not
 * there or whole, and pushing it again works (t/failpoints/v1-push.c tries each):
 *
 *	begin	P1 begun-<J>.*, synced
 *		P2 images/<id>/_inprogress, synced: unfinished before it is anything
 *		P3 json, ancestry, _checksum if one was given; synced
 *	wait	P4 wait-<P>.layer last, synced: a layer that waits has its json
 *	confirm	P5 layer, json, ancestry of P under images/<id>/
 *		P6 _checksum; synced
 *		P7 _inprogress removed, synced: the image is complete, in one step
 *		P8 what waited is removed */
#include "store/v1push.h"

#include <assert.h>
#include <string.h>

#include "image/ancestry.h"
#include "image/v1checksum.h"
#include "image/v1config.h"
#include "store/derived.h"
#include "storefs/damage.h"
#include "storefs/io.h"
#include "storefs/stage.h"
#include "storefs/v1image.h"
#include "storefs/v1push_query.h"

static enum result
set_open_count(const struct store_v1image *im, long long n, struct err *err)
{
	return io_put(im->st, v1push_query_dir(im), "open",
	    str_of(arena_printf(im->arena, "%lld", n)), err);
}

/* ---- begin ---- */

/* Too many different json for one image: all are removed. A layer that waits has a copy of its
 * own json. */
static enum result
bound_begun(const struct store_v1image *im, struct err *err)
{
	struct listing names;
	size_t i;
	enum result r = v1push_query_names(im, "begun-", &names, err);

	if (r == RC_OK && names.n < 2 * STORE_V1PUSH_JSONS)
		return RC_OK;
	for (i = 0; r == RC_OK && i < names.n; i++)
		r = io_unlink(im->st, v1push_query_path(im, names.names[i]), err);
	return r;
}

static enum result
write_begun(const struct store_v1image *im, const char *name,
    const struct store_v1push_begin *begin, struct err *err)
{
	const char *dir = v1push_query_dir(im);
	enum result r;

	r = io_put(im->st, dir, arena_printf(im->arena, "begun-%s.ancestry", name),
	    begin->ancestry, err);
	if (r == RC_OK)
		r = io_put(im->st, dir,
		    arena_printf(im->arena, "begun-%s.json", name), begin->json,
		    err);
	if (r == RC_OK && begin->want.n > 0)
		r = io_put(im->st, dir,
		    arena_printf(im->arena, "want-%.*s", STR_ARG(begin->want)),
		    str_of(NULL), err);
	if (r == RC_OK && begin->given.n == 0)
		r = io_put(im->st, dir, "later", str_of(NULL), err);
	return r;
}

/* P2 and P3. */
static enum result
write_unfinished(const struct store_v1image *im, const struct guard *held,
    const char *name, struct str given, struct err *err)
{
	const char *dir = v1image_dir(im);
	const char *begun = arena_printf(
	    im->arena, "%s/begun-%s", v1push_query_dir(im), name);
	enum result r;

	r = v1image_begin(im, err);
	if (r == RC_OK)
		r = io_link(im->st, arena_printf(im->arena, "%s.ancestry", begun),
		    dir, "ancestry", err);
	if (r == RC_OK)
		r = io_link(im->st, arena_printf(im->arena, "%s.json", begun), dir,
		    "json", err);
	if (r == RC_OK && given.n > 0)
		r = io_put(im->st, dir, "_checksum", given, err);
	else if (r == RC_OK)
		r = io_unlink(im->st, v1image_path(im, "_checksum"), err);
	if (r == RC_OK)
		r = store_derived_forget(im, held, err);
	if (r == RC_OK)
		r = io_sync(im->st, dir, err);
	return r;
}

enum result
store_v1push_begin(const struct store_v1image *im, const struct guard *held,
    const struct store_v1push_begin *begin, struct err *err)
{
	const char *dir = v1push_query_dir(im);
	char name[HASH_SHA256_HEX_SIZE];
	enum result r;

	assert(guard_covers(held, GUARD_IMAGE, im->id));
	hash_of(HASH_SHA256, begin->json, name);
	r = io_mkdirs(im->st, dir, err);
	if (r == RC_OK)
		r = bound_begun(im, err);
	if (r == RC_OK)
		r = write_begun(im, name, begin, err);
	if (r == RC_OK)
		r = set_open_count(im, v1push_query_count(im) + 1, err);
	if (r == RC_OK)
		r = io_sync(im->st, dir, err);
	if (r == RC_OK)
		r = write_unfinished(im, held, name, begin->given, err);
	return r;
}

/* ---- what was begun ---- */

/* Appends the json of the file to *out, if it is the one that began the push, by the sum in its
 * name. Otherwise the push is skipped: its client begins again. */
static enum result
take_begun(const struct store_v1image *im, const char *file,
    struct store_v1pushes *out, struct err *err)
{
	const char *path = v1push_query_path(im, file);
	struct store_v1push *push = &out->of[out->n];
	struct str name = v1push_query_checksum(file, ".json");
	char sum[HASH_SHA256_HEX_SIZE];
	enum result r;

	if (name.n != HASH_SHA256_HEX_SIZE - 1)
		return err_set(err, RC_IO, "%s: not a file of a push", file);
	memcpy(push->name, name.p, HASH_SHA256_HEX_SIZE - 1);
	push->name[HASH_SHA256_HEX_SIZE - 1] = '\0';
	r = io_read(im->st, im->arena, path, V1CONFIG_MAX, &push->json, err);
	if (r != RC_OK)
		return r;
	hash_of(HASH_SHA256, push->json, sum);
	if (strcmp(sum, push->name) == 0)
		out->n++;
	else
		(void)damage_found(im->st, im->arena, path,
		    "its bytes have another sum than its name",
		    "push the image again", err);
	return RC_OK;
}

static enum result
read_begun(
    const struct store_v1image *im, struct store_v1pushes *out, struct err *err)
{
	struct listing names;
	enum result r;
	size_t i;

	out->n = 0;
	r = v1push_query_names(im, "begun-", &names, err);
	for (i = 0; r == RC_OK && i < names.n && out->n < STORE_V1PUSH_JSONS; i++)
		if (str_ends(str_of(names.names[i]), ".json"))
			r = take_begun(im, names.names[i], out, err);
	return r;
}

/* An old server died, or was replaced, between its json and its layer. */
static enum result
adopt_unfinished(
    const struct store_v1image *im, struct store_v1pushes *out, struct err *err)
{
	struct store_v1push_begin begin = {.given = {"", 0}};
	struct store_v1push *push = &out->of[0];
	struct v1checksum sum;
	enum result r;

	r = store_v1image_json(im, &begin.json, err);
	if (r == RC_OK)
		r = store_v1image_ancestry(im, &begin.ancestry, err);
	if (r == RC_OK)
		r = store_v1image_checksum(im, &begin.given, err);
	if (r == RC_OK)
		r = io_mkdirs(im->st, v1push_query_dir(im), err);
	if (r != RC_OK)
		return r;
	hash_of(HASH_SHA256, begin.json, push->name);
	push->json = begin.json;
	out->n = 1;
	sum = v1checksum_parse(begin.given);
	begin.want = v1checksum_wanted(&sum);
	return write_begun(im, push->name, &begin, err);
}

enum result
store_v1push_list(const struct store_v1image *im, const struct guard *held,
    struct store_v1pushes *out, struct err *err)
{
	enum result r;

	assert(guard_covers(held, GUARD_IMAGE, im->id));
	r = read_begun(im, out, err);
	if (r == RC_OK && out->n == 0)
		r = adopt_unfinished(im, out, err);
	return r == RC_NOT_FOUND ? RC_IMAGE_UNKNOWN : r;
}

enum result
store_v1push_list_others(
    const struct store_v1image *im, struct store_v1pushes *out, struct err *err)
{
	enum result r = read_begun(im, out, err);

	if (r != RC_NOT_FOUND)
		return r;
	out->n = 0; /* over meanwhile */
	return RC_OK;
}

void
store_v1push_touch(const struct store_v1image *im)
{
	struct err ignored;

	(void)io_touch(im->st, v1push_query_dir(im), NULL, &ignored);
}

enum result
store_v1push_sync(const struct store_v1image *im, struct err *err)
{
	return durable_dir(im->st, v1image_dir(im), err);
}

/* ---- the layer ---- */

/* When the file was written, in nanoseconds; 0 if it is gone. */
static int64_t
time_of(const struct store *st, const char *path)
{
	struct stat sb;
	struct err ignored;

	if (io_stat(st, path, &sb, &ignored) != RC_OK)
		return 0;
	return (int64_t)sb.st_mtim.tv_sec * 1000000000 + sb.st_mtim.tv_nsec;
}

/* The path of the oldest layer that waits, and how many there are. */
static enum result
oldest_waiting(
    const struct store_v1image *im, const char **oldest, size_t *n, struct err *err)
{
	struct listing names;
	enum result r = v1push_query_names(im, "wait-", &names, err);
	size_t i;

	*oldest = NULL;
	*n = 0;
	for (i = 0; r == RC_OK && i < names.n; i++) {
		const char *path = v1push_query_path(im, names.names[i]);

		if (strstr(names.names[i], ".layer") == NULL)
			continue;
		++*n;
		if (*oldest == NULL ||
		    time_of(im->st, path) < time_of(im->st, *oldest))
			*oldest = path;
	}
	return r;
}

/* A client in a loop must not fill the disk: of too many layers that wait the oldest
 * goes. Its sum is forgotten with it, so its owner begins again. */
static enum result
bound_waiting(const struct store_v1image *im, size_t adding, struct err *err)
{
	const char *oldest;
	size_t n;
	enum result r = oldest_waiting(im, &oldest, &n, err);

	while (r == RC_OK && n > 0 && n + adding > STORE_V1PUSH_WAITING) {
		r = io_unlink(im->st, oldest, err);
		if (r == RC_OK)
			r = oldest_waiting(im, &oldest, &n, err);
	}
	return r;
}

static enum result
wait_under(const struct store_v1image *im, struct stage *sg,
    const struct store_v1push *push, struct err *err)
{
	static const char *const endings[] = {"ancestry", "json"};
	struct arena *a = im->arena;
	const char *dir = v1push_query_dir(im);
	enum result r = RC_OK;
	size_t i;

	for (i = 0; r == RC_OK && i < 2; i++)
		r = io_link(im->st,
		    arena_printf(a, "%s/begun-%s.%s", dir, push->name, endings[i]),
		    dir, arena_printf(a, "wait-%s.%s", push->payload, endings[i]),
		    err);
	if (r == RC_OK)
		r = stage_name(
		    sg, dir, arena_printf(a, "wait-%s.layer", push->payload), err);
	return r;
}

enum result
store_v1push_wait(const struct store_v1image *im, const struct guard *held,
    struct stage *sg, const struct store_v1pushes *begun, struct err *err)
{
	enum result r;
	size_t i;

	assert(guard_covers(held, GUARD_IMAGE, im->id));
	r = bound_waiting(im, begun->n, err);
	for (i = 0; r == RC_OK && i < begun->n; i++)
		r = wait_under(im, sg, &begun->of[i], err);
	if (r == RC_OK)
		r = io_sync(im->st, v1push_query_dir(im), err);
	return r;
}

static enum result
record_late(const struct store_v1image *im, struct str payload, struct err *err)
{
	return io_put(im->st, v1push_query_dir(im),
	    arena_printf(im->arena, "seen-%.*s", STR_ARG(payload)), str_of(NULL),
	    err);
}

enum result
store_v1push_record_late_layer(const struct store_v1image *im,
    const struct guard *held, const struct store_v1pushes *begun, struct err *err)
{
	enum result r = RC_OK;
	size_t i;

	assert(guard_covers(held, GUARD_IMAGE, im->id));
	for (i = 0; r == RC_OK && i < begun->n; i++)
		r = record_late(im, str_of(begun->of[i].payload), err);
	if (r == RC_OK)
		r = io_sync(im->st, v1push_query_dir(im), err);
	return r;
}

/* ---- confirm ---- */

/* P5 to P7. */
static enum result
complete_image(const struct store_v1image *im, const struct guard *held,
    const char *payload, struct err *err)
{
	static const char *const files[] = {"layer", "ancestry", "json"};
	struct arena *a = im->arena;
	const char *dir = v1image_dir(im);
	enum result r;
	size_t i;

	assert(guard_covers(held, GUARD_IMAGE, im->id));
	r = store_derived_forget(im, held, err);
	for (i = 0; r == RC_OK && i < 3; i++)
		r = io_link(im->st,
		    arena_printf(a, "%s/wait-%s.%s", v1push_query_dir(im), payload,
			files[i]),
		    dir, files[i], err);
	if (r == RC_OK)
		r = v1image_finish(
		    im, str_of(arena_printf(a, "sha256:%s", payload)), err);
	return r;
}

/* P8. The layers that were not confirmed are removed. Their sums stay, because their clients
 * will still send a checksum. */
static enum result
remove_waiting(const struct store_v1image *im, struct err *err)
{
	struct listing names;
	enum result r = v1push_query_names(im, "wait-", &names, err);
	size_t i;

	for (i = 0; r == RC_OK && i < names.n; i++) {
		struct str sum = v1push_query_checksum(names.names[i], "");

		r = record_late(im, str_cut(&sum, '.'), err);
		if (r == RC_OK)
			r = io_unlink(
			    im->st, v1push_query_path(im, names.names[i]), err);
	}
	return r;
}

/* After the last push nothing is left; one that is still under way finds its json
 * and sums here, until it is swept. */
enum result
store_v1push_confirm(const struct store_v1image *im, const struct guard *held,
    const char *payload, struct err *err)
{
	long long left;
	enum result r;

	assert(guard_covers(held, GUARD_IMAGE, im->id));
	r = complete_image(im, held, payload, err);
	if (r != RC_OK)
		return r;
	left = v1push_query_count(im) - 1;
	if (left <= 0) {
		r = io_remove_dir(im->st, IO_PUSH_DIR, im->id, err);
		return r == RC_NOT_FOUND ? RC_OK : r;
	}
	r = remove_waiting(im, err);
	if (r == RC_OK)
		r = set_open_count(im, left, err);
	return r;
}

enum result
store_v1push_confirm_early(const struct store_v1image *im, const struct guard *held,
    const char *payload, struct err *err)
{
	enum result r;

	assert(guard_covers(held, GUARD_IMAGE, im->id));
	r = complete_image(im, held, payload, err);
	return r == RC_OK ? remove_waiting(im, err) : r;
}
