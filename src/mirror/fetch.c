/* fetch.c: fetches a layer from the upstream (mirror.h).
 *
 * mirror_fetch() starts a stream of remote/, gives it the guard of the image, and waits until
 * the upstream has begun to answer. The rest runs in the thread of the outgoing calls, even
 * if every client that asked has gone:
 *	on_begin checks the status and the length, and makes the file that grows
 *	on_piece hashes each piece and appends the one before: the last one is held back
 *	on_end	checks length, sum or archive; then appends the last piece, makes an image of
 *		json, ancestry and layer as a push does, and releases the guard
 * A layer that fails a check never has its last piece in the file, so nobody takes it for
 * whole. */
#include <errno.h>
#include <semaphore.h>
#include <string.h>

#include "base/log.h"
#include "image/v1checksum.h"
#include "layer/tarsum.h"
#include "mirror/internal.h"
#include "registry/capacity.h"
#include "registry/event.h"
#include "registry/v1image.h"
#include "store/partial.h"
#include "store/upstream.h"
#include "store/v1image.h"
#include "store/v1push.h"

/* How the start of a fetch ended, for the request that waits for it. */
struct start {
	sem_t over;
	enum result result;
	struct mirror_begun begun;
	struct err err;
};

struct fetch {
	struct task task; /* its arena holds all of this */
	const char *id;
	struct mirror_image image;
	struct v1checksum sum;
	struct guard guard;
	struct start *start;         /* NULL once it is over */
	struct store_partial *layer; /* NULL: nothing came */
	int64_t length;              /* bytes that were announced; -1: unknown */
	uint64_t written;            /* bytes in the file */
	uint64_t room;               /* up to where the disk was looked at */
	struct buf last;             /* the last piece, not written yet */
	struct hash hash;            /* of json, newline and all that came */
	enum result r;               /* of writing */
	struct err err;
};

#define PIECE_MAX ((size_t)1 << 20)
#define ROOM_STEP ((int64_t)16 << 20) /* bytes between two looks at the disk */

static void
report_start(struct fetch *f, enum result r, struct mirror_begun begun)
{
	struct start *start = f->start;

	if (start == NULL)
		return;
	start->result = r;
	start->begun = begun;
	if (r != RC_OK)
		start->err = f->err;
	f->start = NULL;
	(void)sem_post(&start->over);
}

/* For a layer with an announced length there was room when it began. */
static bool
write_last(struct fetch *f)
{
	if (f->r == RC_OK && f->written >= f->room) {
		f->r = capacity_check(&f->task, ROOM_STEP);
		f->room = f->written + (uint64_t)ROOM_STEP;
	}
	if (f->r == RC_OK)
		f->r = store_partial_append(
		    f->layer, f->last.p, f->last.n, &f->err);
	if (f->r == RC_OK)
		f->written += f->last.n;
	f->last.n = 0;
	return f->r == RC_OK;
}

static enum result
create_file(struct fetch *f, struct mirror_begun *begun)
{
	const struct store_v1image im = v1image_of(&f->task, f->id);
	enum result r = capacity_check(&f->task, begun->length);

	if (r == RC_OK)
		r = store_partial_create(
		    &im, &f->guard, begun->length, &f->layer, &f->err);
	if (r == RC_OK)
		begun->layer = store_partial_share(f->layer);
	return r;
}

/* The length may also have been announced with the json. */
static enum result
take_head(struct fetch *f, const struct remote_answer *head, int64_t length,
    struct mirror_begun *begun)
{
	if (head->status == 404 || head->status == 401 || head->status == 403)
		return err_set(&f->err, RC_IMAGE_UNKNOWN,
		    "the upstream answers with status %d", head->status);
	if (head->status != 200)
		return err_set(&f->err, RC_UPSTREAM,
		    "the upstream answers with status %d", head->status);
	if (length >= 0 && f->image.size >= 0 && length != f->image.size)
		return err_set(&f->err, RC_UPSTREAM,
		    "the upstream announced %lld bytes with the layer, %lld with its "
		    "json",
		    (long long)length, (long long)f->image.size);
	f->length = begun->length = length >= 0 ? length : f->image.size;
	return create_file(f, begun);
}

/* A layer of unknown length is not sent while it grows, because a client of HTTP/1.0 could take a
 * layer that was cut off for a whole one. An empty layer is not either, because it has no last
 * byte to be held back. Requests wait for the end of such a fetch. */
static bool
on_begin(void *arg, const struct remote_answer *head, int64_t length)
{
	struct fetch *f = arg;
	struct mirror_begun begun = {NULL, length};

	f->r = take_head(f, head, length, &begun);
	if (f->r == RC_OK && begun.length <= 0)
		store_partial_close(begun.layer);
	else
		report_start(f, f->r, begun);
	return f->r == RC_OK;
}

static bool
on_piece(void *arg, const char *p, size_t n)
{
	struct fetch *f = arg;

	if (n == 0)
		return true;
	if (f->length >= 0 && f->written + f->last.n + n > (uint64_t)f->length) {
		f->r = err_set(&f->err, RC_UPSTREAM,
		    "more than the announced %lld bytes arrived",
		    (long long)f->length);
		return false;
	}
	hash_add(&f->hash, p, n);
	if (f->last.n > 0 && !write_last(f))
		return false;
	buf_add(&f->last, p, n);
	if (f->last.full)
		f->r = err_set(&f->err, RC_UPSTREAM,
		    "a piece has %zu bytes, the limit is %zu", n, PIECE_MAX);
	return f->r == RC_OK;
}

/* ---- is it right? ---- */

/* Reads the file, and then what is held back. */
struct rereading {
	struct fetch *fetch;
	uint64_t at;
};

static ssize_t
reread(void *arg, void *p, size_t n)
{
	struct rereading *rr = arg;
	struct fetch *f = rr->fetch;
	ssize_t k;

	if (rr->at < f->written) {
		uint64_t left = f->written - rr->at;

		k = store_partial_read_at(
		    f->layer, p, left < n ? (size_t)left : n, rr->at);
	} else {
		size_t from = (size_t)(rr->at - f->written);

		k = (ssize_t)(f->last.n - from < n ? f->last.n - from : n);
		if (k > 0)
			memcpy(p, f->last.p + from, (size_t)k);
	}
	if (k > 0)
		rr->at += (uint64_t)k;
	return k;
}

static bool
any_entry(void *arg, const struct tar_entry *e)
{
	(void)arg, (void)e;
	return true;
}

static enum result
check_archive(struct fetch *f)
{
	struct rereading rr = {f, 0};
	const struct source layer = {reread, &rr, f->written + f->last.n};
	const struct tar_visitor visitor = {any_entry, NULL, NULL};
	struct guard walk = {0};
	bool right = true;
	enum result r = guard_take_walk(f->task.reg->store, &walk, &f->err);

	if (r == RC_OK)
		r = f->sum.kind == V1CHECKSUM_TARSUM
			? tarsum_check(
			      f->image.json, f->sum.text, &layer, &right, &f->err)
			: tar_walk(&layer, &visitor, &f->err);
	guard_release(&walk);
	if (r == RC_OK && !right)
		r = err_set(&f->err, RC_MISMATCH,
		    "the layer does not have the tarsum %.*s",
		    STR_ARG(f->sum.text));
	return r;
}

/* A layer without a sum that can be checked must be an archive and have arrived whole. */
static enum result
check_layer(struct fetch *f, bool whole, char payload[HASH_SHA256_HEX_SIZE])
{
	hash_end(&f->hash, payload);
	if (f->length >= 0 && (uint64_t)f->length != f->written + f->last.n)
		return err_set(&f->err, RC_MISMATCH,
		    "the announced length is %lld bytes, %llu arrived",
		    (long long)f->length,
		    (unsigned long long)(f->written + f->last.n));
	if (f->sum.kind == V1CHECKSUM_SIMPLE)
		return strcmp(payload, f->sum.hex) == 0
			   ? RC_OK
			   : err_set(&f->err, RC_MISMATCH,
				 "the layer has the sum %s, the upstream announced %s",
				 payload, f->sum.hex);
	if (f->sum.kind != V1CHECKSUM_TARSUM && f->length < 0 && !whole)
		return err_set(&f->err, RC_MISMATCH,
		    "the upstream announced neither a sum nor a length");
	return check_archive(f);
}

/* ---- it becomes an image ---- */

/* Reduces *begun, the json of all pushes of this image, to the one with the json of this fetch. */
static bool
keep_own(const struct fetch *f, struct store_v1pushes *begun, const char *payload)
{
	size_t i, n = begun->n;

	begun->n = 0;
	for (i = 0; i < n && begun->n == 0; i++)
		if (str_eq(begun->of[i].json, f->image.json)) {
			begun->of[0] = begun->of[i];
			memcpy(begun->of[0].payload, payload, HASH_SHA256_HEX_SIZE);
			begun->n = 1;
		}
	return begun->n == 1;
}

static enum result
push_image(struct fetch *f, const struct store_v1image *im,
    const struct guard *held, struct stage *sg, const char *payload)
{
	const struct store_v1push_begin what = {
	    .json = f->image.json, .ancestry = f->image.ancestry};
	struct store_v1pushes begun = {.n = 0};
	enum result r = store_v1push_begin(im, held, &what, &f->err);

	if (r == RC_OK)
		r = store_v1push_list(im, held, &begun, &f->err);
	if (r == RC_OK && !keep_own(f, &begun, payload))
		r = err_set(&f->err, RC_IO,
		    "the push of %s was removed while it went on", f->id);
	if (r == RC_OK)
		r = store_v1push_wait(im, held, sg, &begun, &f->err);
	if (r == RC_OK)
		r = store_v1push_confirm(im, held, payload, &f->err);
	return r;
}

/* A client may have pushed the image meanwhile. */
static enum result
become_image(struct fetch *f, const char *payload)
{
	const struct store_v1image im = v1image_of(&f->task, f->id);
	struct guard held = {0};
	enum store_v1image_state state;
	struct stage *sg;
	enum result r;

	if (!write_last(f))
		return f->r;
	r = store_partial_stage(&im, f->written, &sg, &f->err);
	if (r == RC_OK)
		r = stage_flush(sg, &f->err);
	if (r == RC_OK)
		r = guard_take(im.st, GUARD_IMAGE, f->id, &held, &f->err);
	if (r == RC_OK)
		r = store_v1image_state(&im, &state, &f->err);
	if (r == RC_OK && state != STORE_V1IMAGE_COMPLETE)
		r = push_image(f, &im, &held, sg, payload);
	guard_release(&held);
	return r;
}

static void
log_end(struct fetch *f, enum result r)
{
	if (r == RC_OK)
		event_emit(&f->task, &(struct event){.kind = EVENT_MIRROR_LAYER,
					 .image = f->id,
					 .bytes = f->written});
	else
		log_line(r == RC_IMAGE_UNKNOWN ? LOG_INFO : LOG_WARN,
		    "mirror.layer", "image=%s result=%s reason=%s", f->id,
		    err_name(r), log_value(f->task.arena, f->err.text));
}

static void
on_end(void *arg, enum result r, bool whole, const struct err *err)
{
	const struct mirror_begun over = {NULL, 0};
	struct fetch *f = arg;
	char payload[HASH_SHA256_HEX_SIZE];
	struct err ignored;

	if (f->r != RC_OK)
		r = f->r; /* why begin or take wanted no more */
	else if (r != RC_OK)
		f->err = *err;
	if (r == RC_OK)
		r = check_layer(f, whole, payload);
	if (r == RC_MISMATCH || r == RC_BAD_LAYER)
		r = RC_UPSTREAM; /* the upstream's fault, not the client's */
	if (r == RC_OK)
		r = become_image(f, payload);
	report_start(f, r, over);
	log_end(f, r);
	store_partial_close(f->layer);
	(void)store_upstream_drop(f->task.reg->store, &f->guard, f->id, &ignored);
	guard_release(&f->guard);
	arena_free(f->task.arena);
}

/* ---- its start ---- */

static struct str
copy_str(struct arena *a, struct str s)
{
	return str_make(arena_strndup(a, s.n == 0 ? "" : s.p, s.n), s.n);
}

static struct fetch *
new_fetch(const struct task *t, const char *id, const struct mirror_image *image,
    struct guard *held, struct start *start)
{
	struct arena *a = arena_new();
	struct fetch *f = arena_alloc(a, sizeof(*f));

	f->task = (struct task){.reg = t->reg, .arena = a, .err = &f->err};
	if (t->request_id != NULL)
		f->task.request_id = arena_strdup(a, t->request_id);
	f->id = arena_strdup(a, id);
	f->image.json = copy_str(a, image->json);
	f->image.ancestry = copy_str(a, image->ancestry);
	f->image.sum = copy_str(a, image->sum);
	f->image.size = image->size;
	f->sum = v1checksum_parse(f->image.sum);
	guard_give(held, &f->guard);
	f->start = start;
	f->length = -1;
	buf_init(&f->last, a, PIECE_MAX);
	v1checksum_begin(&f->hash, f->image.json);
	return f;
}

static enum result
wait_for(struct start *start, struct mirror_begun *out, struct err *err)
{
	while (sem_wait(&start->over) == -1 && errno == EINTR)
		;
	(void)sem_destroy(&start->over);
	*out = start->begun;
	if (start->result != RC_OK)
		*err = start->err;
	return start->result;
}

enum result
mirror_fetch(const struct task *t, const char *id, const struct mirror_image *image,
    struct guard *held, struct mirror_begun *out)
{
	const struct remote_call call = {
	    .url = arena_printf(
		t->arena, "%s/v1/images/%s/layer", t->reg->mirror->upstream, id),
	    .headers = mirror_headers(t),
	    .limit = SIZE_MAX};
	struct start *start = arena_alloc(t->arena, sizeof(*start));
	struct fetch *f = new_fetch(t, id, image, held, start);
	const struct remote_stream stream = {on_begin, on_piece, on_end, f};
	enum result r;

	(void)sem_init(&start->over, 0, 0);
	r = remote_fetch(t->reg->remote, &call, &stream, t->err);
	if (r == RC_OK)
		return wait_for(start, out, t->err);
	(void)sem_destroy(&start->over);
	guard_release(&f->guard);
	arena_free(f->task.arena);
	return r;
}
