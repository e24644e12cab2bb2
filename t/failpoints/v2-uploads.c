/* v2-uploads.c: a blob comes in three parts and is named and linked, and
 * each durable step of that (upload.h, U1 to U5; blob.h, B1 and B2) fails once,
 * meets a full disk once, and is once the last before the process is killed. The blob
 * is whole or not there, the upload stands where its state says, what was acknowledged
 * is kept, and a client that goes on from there ends as it should. So it is when all
 * comes in one request, for a blob that is there but cut off. */
#include "lib/failpoint.h"
#include "lib/repository.h"
#include "lib/upload.h"
#include "store/blob.h"

#define CUT_OFF "the first pa" /* as an old server may have left it */
#define N_PARTS 3

static const char *const parts[N_PARTS] = {
    "the first part, ", "a second one, longer than that, ", "and the end"};

/* How much an upload holds after so many parts. */
static uint64_t
size_after(unsigned n)
{
	uint64_t size = 0;

	while (n > 0)
		size += strlen(parts[--n]);
	return size;
}

static const char *
whole(void)
{
	return arena_printf(arena, "%s%s%s", parts[0], parts[1], parts[2]);
}

enum { BEGIN, PARTS, FINISH = PARTS + N_PARTS, NAME, LINK, N_STEPS };

static const char *const steps[N_STEPS] = {"begin (U1)", "part 1 (U2, U3)",
    "part 2 (U2, U3)", "part 3 (U2, U3)", "finish (U4, U5)", "name (B1)",
    "link (B2)"};

/* A client sends it in parts, or all of it in one request. */
struct way {
	const char *what;
	bool at_once;
	unsigned first, end; /* of its steps */
};

static const struct way ways[] = {
    {"in parts", false, BEGIN, NAME},
    {"at once", true, NAME, N_STEPS},
};
static const struct way *way;

/* What the client knows; also when the process was killed. */
static struct client {
	char id[40]; /* of its upload; empty before the first answer */
} * client;

static struct digest
blob_digest(void)
{
	struct digest d;

	digest_of(HASH_SHA256, str_of(whole()), &d);
	return d;
}

static enum result
name_blob(void)
{
	struct digest d = blob_digest();
	struct stage *sg;
	enum result r = stage_adopt(
	    store, arena, make_body(str_of(whole())), &sg, &err);

	return r == RC_OK ? store_blob_put(store, arena, sg, &d, &err) : r;
}

static enum result
run_step(unsigned step, struct store_upload *up)
{
	struct digest d = blob_digest();
	enum result r;

	switch (step) {
	case BEGIN:
		r = store_upload_begin(repository(APP), HASH_SHA256, up, &err);
		if (r == RC_OK)
			(void)snprintf(
			    client->id, sizeof(client->id), "%s", up->id);
		return r;
	case FINISH:
		return finish_upload(up, &d);
	case NAME:
		return name_blob();
	case LINK:
		return store_blob_link(repository(APP), &d, &err);
	default:
		return append_text(up, parts[step - PARTS]);
	}
}

static enum result
send_step(size_t step)
{
	static struct store_upload up;

	return run_step((unsigned)step, &up);
}

/* The store before: nothing, or a blob that needs to be replaced. */
static void
prepare(void)
{
	struct digest d = blob_digest();

	client->id[0] = '\0';
	fresh_store();
	if (way->at_once)
		write_text(arena_printf(arena,
			       "docker/registry/v2/blobs/sha256/%.2s/%s/data",
			       d.hex, d.hex),
		    CUT_OFF);
}

/* ---- what must hold: each returns NULL or what is wrong ---- */

/* The blob is whole or not there, and there once that was acknowledged. */
static const char *
blob_fault(void)
{
	struct digest d = blob_digest();
	struct store_blob got;
	struct str bytes;
	enum result r = store_blob_read(store, arena, &d, TREE_MAX, &bytes, &err);
	bool linked = store_blob_find(repository(APP), &d, &got, &err) == RC_OK;
	bool named = (unsigned)report->done > (way->at_once ? NAME : FINISH);

	if (r == RC_BLOB_UNKNOWN && !named)
		return linked ? "B2 before B1" : NULL;
	if (r != RC_OK)
		return "the blob was acknowledged and is not there";
	if (way->at_once && str_is(bytes, CUT_OFF) && !named)
		return linked ? "B2 before B1" : NULL;
	if (!str_is(bytes, whole()))
		return "the blob is not whole";
	return linked || (unsigned)report->done <= (way->at_once ? LINK : FINISH)
		   ? NULL
		   : "the repository's having it was acknowledged";
}

/* What became of the data when it was moved (U4) and the upload is not removed yet. */
static const char *
moved_data(void)
{
	struct digest d = blob_digest();

	return read_text(arena_printf(
	    arena, "docker/registry/v2/blobs/sha256/%.2s/%s/data", d.hex, d.hex));
}

/* After the parts that were acknowledged or, when the answer to the last one was lost,
 * after that. */
static const char *
state_fault(const struct store_upload *up)
{
	unsigned n = report->done <= PARTS ? 0 : (unsigned)report->done - PARTS;
	struct str all = str_of(whole());
	struct hash h;
	const char *data;

	if (n > N_PARTS)
		n = N_PARTS;
	if (up->size != size_after(n) &&
	    (n == N_PARTS || up->size != size_after(n + 1)))
		return "the upload stands elsewhere";
	hash_begin(&h, HASH_SHA256);
	hash_add(&h, all.p, up->size);
	if (!tap_same(hash_save(&h, arena), hash_save(&up->hash, arena)))
		return "the upload has another hash";
	data = read_text(upload_file(client->id, "data"));
	if (data == NULL)
		data = moved_data();
	if (up->size > 0 && (data == NULL || memcmp(data, all.p, up->size) != 0))
		return "the upload has other bytes";
	return NULL;
}

static const char *
upload_fault(void)
{
	struct store_upload up;
	enum result r;

	if (report->done == BEGIN || way->at_once)
		return NULL; /* nobody knows of any */
	r = reopen_upload(client->id, &up);
	if (r == RC_OK)
		return report->done > FINISH ? "it is over, but there"
					     : state_fault(&up);
	if (r != RC_UPLOAD_UNKNOWN)
		return err.text;
	return report->done >= FINISH ? NULL : "the upload is lost";
}

/* The client asks how far it came; where nobody knows it, it begins. */
static enum result
ask(struct store_upload *up, unsigned *next)
{
	enum result r = reopen_upload(client->id, up);

	if (r == RC_UPLOAD_UNKNOWN)
		r = run_step(BEGIN, up);
	*next = PARTS;
	while (r == RC_OK && *next < FINISH && size_after(*next - PARTS) < up->size)
		(*next)++;
	return r;
}

static enum result
go_on(void)
{
	struct store_upload up;
	unsigned step = way->first;
	enum result r = way->at_once ? RC_OK : ask(&up, &step);

	for (; r == RC_OK && step < way->end; step++)
		r = run_step(step, &up);
	remove_bodies();
	return r;
}

/* An upload of which nobody heard, or that was given up, is left to the sweep. */
static const char *
again_fault(void)
{
	struct digest d = blob_digest();
	struct store_blob got;
	struct stat sb;

	if (go_on() != RC_OK)
		return arena_printf(arena, "the same again: %s", err.text);
	if (store_blob_find(repository(APP), &d, &got, &err) != RC_OK)
		return "the same again, but there is no blob";
	if (stat(in_dir(store_content_uri(got.content)), &sb) == -1 ||
	    sb.st_nlink != 1)
		return "the blob has more than one name";
	report->done = way->end;
	return blob_fault();
}

static const char *
fault_after(void)
{
	const char *fault = tmp_fault();

	if (fault == NULL)
		fault = blob_fault();
	if (fault == NULL)
		fault = upload_fault();
	return fault == NULL ? again_fault() : fault;
}

static const char *
name_of_step(size_t i)
{
	return steps[i];
}

static void
test_complete(void)
{
	is_str(blob_fault(), NULL, "the blob is there");
	is_str(tree("_berth/upload"), "_berth/upload/\n", "and nothing else");
}

static void
fail_each(void)
{
	const struct scenario scenario = {
	    .what = way->what,
	    .first = way->first,
	    .end = way->end,
	    .prepare = prepare,
	    .step = send_step,
	    .name = name_of_step,
	    .fault = fault_after,
	    .complete = test_complete,
	};

	fail_at_each_step(&scenario);
}

int
main(void)
{
	setup_store(IN_MEMORY);
	client = share(sizeof(*client));
	for (way = ways; way < ways + COUNT(ways); way++)
		fail_each();
	return teardown_store();
}
