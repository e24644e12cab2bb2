/* power-cut.c: pushes and removals by both APIs, in repositories that are
 * new; at each durable step the process is killed, or the step fails, and the power fails
 * right then, or after the client asked again, or after another client pushed to the same
 * repository. Only what was synced is left of the store then (power_cut.h). All that was
 * acknowledged is there, and all whose end was acknowledged is gone. */
#include "auth/auth.h"
#include "base/log.h"
#include "content/blob.h"
#include "content/manifests.h"
#include "content/upload.h"
#include "image/manifest.h"
#include "indexsqlite/indexsqlite.h"
#include "lib/failpoint.h"
#include "lib/index.h"
#include "lib/power_cut.h"
#include "lib/push.h"
#include "lib/repository.h"
#include "lib/v2_image.h"
#include "registry/pair.h"
#include "store/manifest.h"
#include "store/tag.h"
#include "store/v1tag.h"

#define HERE  "team/app"
#define THERE "other/app"
#define TYPE  "application/vnd.oci.image.manifest.v1+json"

/* What the client knows besides; also when the process was killed. */
static struct ids {
	char upload[40], cancelled[40];
} * ids;

static unsigned client; /* 0, or 1: another one, which pushes other bytes */

/* ---- API v2 ---- */

static const char *
layer(void)
{
	return arena_printf(arena, "a layer of client %u", client);
}

static const char *
config(void)
{
	return arena_printf(arena, "{\"config\": {\"of\": %u}}", client);
}

static const char *
tag_name(void)
{
	return arena_printf(arena, "v%u", client);
}

static const char *
manifest(void)
{
	return manifest_of(config(), layer());
}

static enum result
begin_upload(char id[40])
{
	struct store_upload up;
	enum result r = upload_begin(TASK(arena), HERE, HASH_SHA256, &up);

	if (r == RC_OK)
		(void)snprintf(id, 40, "%s", up.id);
	return r;
}

static enum result
begin(void)
{
	return begin_upload(ids->upload);
}

static enum result
begin_another(void)
{
	return begin_upload(ids->cancelled);
}

static bool
stands(const char *id)
{
	struct store_upload up;

	return upload_status(TASK(arena), HERE, str_of(id), &up) == RC_OK;
}

static bool
begun(void)
{
	return stands(ids->upload);
}

/* As a client does it that did not hear the answer: it asks where the upload stands. */
static enum result
send_layer_text(void)
{
	struct upload_part part = {.ranged = false};
	struct store_upload up;
	enum result r;

	r = upload_status(TASK(arena), HERE, str_of(ids->upload), &up);
	if (r != RC_OK || up.size > 0)
		return r;
	part.body_file = make_body(str_of(layer()));
	return upload_append(TASK(arena), HERE, str_of(ids->upload), &part, &up);
}

static bool
layer_came(void)
{
	struct store_upload up;

	return upload_status(TASK(arena), HERE, str_of(ids->upload), &up) ==
		   RC_OK &&
	       up.size == strlen(layer());
}

static enum result
finish(void)
{
	const struct upload_part nothing = {.body_file = NULL};
	struct digest d = sha256(layer());
	struct store_upload up;

	return upload_finish(
	    TASK(arena), HERE, str_of(ids->upload), &nothing, &d, &up);
}

static bool
has_layer(void)
{
	return has_blob(HERE, layer());
}

static enum result
send_config(void)
{
	struct digest d = sha256(config());

	return upload_whole(TASK(arena), HERE, make_body(str_of(config())), &d);
}

static bool
has_config(void)
{
	return has_blob(HERE, config());
}

static enum result
put(const char *name)
{
	const struct manifests_push push = {
	    .bytes = str_of(manifest()), .content_type = str_of(TYPE)};
	struct manifests_pushed pushed;

	return manifests_put(TASK(arena), name, str_of(tag_name()), &push, &pushed);
}

static bool
has_manifest(const char *name)
{
	struct digest d = sha256(manifest());
	struct store_manifest m;

	return store_manifest_read(repository(name), &d, &m, &err) == RC_OK &&
	       str_is(m.bytes, manifest());
}

static bool
has_tag(const char *name)
{
	struct digest d, want = sha256(manifest());

	return store_tag_get(repository(name), tag_name(), &d, &err) == RC_OK &&
	       digest_eq(&d, &want);
}

static enum result
put_image(void)
{
	return put(HERE);
}

static bool
has_image(void)
{
	return has_manifest(HERE) && has_tag(HERE) && has_layer() && has_config();
}

static enum result
mount(void)
{
	struct digest blobs[] = {sha256(layer()), sha256(config())}, kept;
	enum result r = RC_OK;
	size_t i;

	for (i = 0; r == RC_OK && i < COUNT(blobs); i++)
		r = blob_mount(TASK(arena), THERE, &blobs[i], HERE, &kept);
	return r == RC_OK ? put(THERE) : r;
}

static bool
has_mounted(void)
{
	return has_manifest(THERE) && has_tag(THERE) && has_blob(THERE, layer()) &&
	       has_blob(THERE, config());
}

static enum result
remove_tag(void)
{
	return manifests_remove(TASK(arena), HERE, str_of(tag_name()), NULL);
}

static bool
has_no_tag(void)
{
	return !has_tag(HERE);
}

static enum result
remove_image(void)
{
	struct digest d = sha256(manifest());

	return manifests_remove(
	    TASK(arena), HERE, str_of(digest_text(arena, &d)), NULL);
}

static bool
has_no_image(void)
{
	return !has_manifest(HERE);
}

static enum result
remove_layer(void)
{
	struct digest d = sha256(layer());

	return blob_remove(TASK(arena), HERE, &d);
}

static bool
has_no_layer(void)
{
	return !has_layer();
}

static enum result
cancel(void)
{
	return upload_cancel(TASK(arena), HERE, str_of(ids->cancelled));
}

static bool
is_cancelled(void)
{
	return !stands(ids->cancelled);
}

/* ---- API v1: a step of push-test.h each ---- */

static struct image images[2]; /* a client's each */

static enum result
v1(enum verb verb, const char *text)
{
	const struct step steps[] = {
	    {verb, &images[client], text}, {JSON, &images[0], NULL}};

	return run_step(steps, COUNT(steps), 0);
}

static bool
v1_kept(enum verb verb, const char *text)
{
	const struct step steps[] = {
	    {verb, &images[client], text}, {JSON, &images[0], NULL}};

	return acknowledged_fault(steps, COUNT(steps), 1) == NULL;
}

static enum result
announce(void)
{
	return v1(ANNOUNCE, NULL);
}

static bool
announced(void)
{
	return is_there("repositories/team/app/_index_images");
}

static bool
is_complete_now(void)
{
	return is_complete(&images[client]);
}

static enum result
v1_json(void)
{
	return is_complete_now() ? RC_OK : v1(JSON, NULL);
}

static bool
v1_has_json(void)
{
	return v1_kept(JSON, NULL);
}

static enum result
v1_layer(void)
{
	return is_complete_now() ? RC_OK : v1(LAYER, NULL);
}

static bool
v1_has_layer(void)
{
	return v1_kept(LAYER, NULL);
}

static enum result
v1_sum(void)
{
	return is_complete_now() ? RC_OK : v1(CHECKSUM, NULL);
}

static bool
v1_is_complete(void)
{
	return is_complete_now() && is_whole(&images[client]);
}

static enum result
v1_tag(void)
{
	return v1(TAG, tag_name());
}

static bool
v1_has_tag(void)
{
	return v1_kept(TAG, tag_name()) && v1_is_complete();
}

static enum result
describe(void)
{
	return v1(DESCRIBE, "what it is for");
}

static bool
is_described(void)
{
	return v1_kept(DESCRIBE, "what it is for");
}

static enum result
describe_no_more(void)
{
	return v1(DESCRIBE, "");
}

static bool
is_not_described(void)
{
	return properties_now().description.n == 0;
}

static enum result
hide(void)
{
	return v1(HIDE, NULL);
}

static bool
is_hidden(void)
{
	return properties_now().is_private;
}

static enum result
show(void)
{
	const bool no = false;
	const struct properties_change change = {.is_private = &no};

	return properties_put(TASK(arena), &app, &change);
}

static bool
is_shown(void)
{
	return !is_hidden();
}

static enum result
v1_drop_tag(void)
{
	return v1(DROP_TAG, tag_name());
}

static bool
v1_has_no_tag(void)
{
	return is_dropped(tag_name());
}

static enum result
v1_drop_all(void)
{
	return v1(DROP_ALL, NULL);
}

static bool
v1_has_nothing(void)
{
	return strcmp(store_names_now(), "") == 0 && is_not_described();
}

/* ---- a tag that is in both layouts ---- */

static struct pair_tag
meaning_now(enum result *r)
{
	struct pair_tag is = {.in = PAIR_V1};
	struct pair p;

	*r = pair_of_v2(TASK(arena), HERE, &p);
	if (*r == RC_OK)
		*r = pair_tag_get(TASK(arena), &p, tag_name(), &is);
	return is;
}

static bool
v1_counts(void)
{
	enum result r;
	const struct pair_tag is = meaning_now(&r);

	return r == RC_OK && is.in == PAIR_V1 &&
	       strcmp(is.image, images[client].id) == 0;
}

static bool
neither_has_tag(void)
{
	enum result r;

	(void)meaning_now(&r);
	return r == RC_TAG_UNKNOWN;
}

/* As an old server leaves it. */
static enum result
v1_tag_too(void)
{
	const struct store_v1tag what = {
	    tag_name(), images[client].id, str_of("{}")};
	struct guard held = {0};
	struct pair p;
	enum result r = pair_of_v2(TASK(arena), HERE, &p);

	if (r == RC_OK)
		r = guard_take(store, GUARD_REPOSITORY, HERE, &held, &err);
	if (r == RC_OK)
		r = store_v1tag_put(&p.v1repo, &held, &what, &err);
	guard_release(&held);
	return r;
}

/* ---- what is done ---- */

struct request {
	const char *name;
	enum result (*run)(void);
	bool (*kept)(void);
	/* the request, counted from 1, after which that is over; 0 */
	unsigned until;
};

static const struct request push_v2[] = {
    {"an upload begins", begin, begun, 3},
    {"the layer", send_layer_text, layer_came, 3},
    {"the upload's end", finish, has_layer, 0},
    {"the config", send_config, has_config, 0},
    {"the manifest", put_image, has_image, 0},
    {"mounts", mount, has_mounted, 0},
};

static const struct request before_removal_v2[] = {{NULL, begin_another, NULL, 0},
    {NULL, send_config, NULL, 0}, {NULL, begin, NULL, 0},
    {NULL, send_layer_text, NULL, 0}, {NULL, finish, NULL, 0},
    {NULL, put_image, NULL, 0}};

static const struct request removal_v2[] = {
    {"an upload cancelled", cancel, is_cancelled, 0},
    {"a tag's end", remove_tag, has_no_tag, 0},
    {"the manifest's end", remove_image, has_no_image, 0},
    {"a blob's end", remove_layer, has_no_layer, 0},
};

static const struct request push_v1[] = {
    {"the announcement", announce, announced, 0},
    {"the json", v1_json, v1_has_json, 0},
    {"the layer", v1_layer, v1_has_layer, 0},
    {"the checksum", v1_sum, v1_is_complete, 0},
    {"the tag", v1_tag, v1_has_tag, 0},
    {"the description", describe, is_described, 0},
    {"privacy", hide, is_hidden, 0},
};

static const struct request removal_v1[] = {
    {"no privacy", show, is_shown, 0},
    {"no description", describe_no_more, is_not_described, 3},
    {"a description", describe, is_described, 5},
    {"a tag's end", v1_drop_tag, v1_has_no_tag, 0},
    {"all's end", v1_drop_all, v1_has_nothing, 0},
};

static const struct request before_over_v2[] = {{NULL, send_config, NULL, 0},
    {NULL, begin, NULL, 0}, {NULL, send_layer_text, NULL, 0},
    {NULL, finish, NULL, 0}, {NULL, put_image, NULL, 0}};

static const struct request over_v2[] = {
    {"the json", v1_json, v1_has_json, 0},
    {"the layer", v1_layer, v1_has_layer, 0},
    {"the checksum", v1_sum, v1_is_complete, 0},
    {"the tag", v1_tag, v1_counts, 0},
};

static const struct request before_both[] = {{NULL, send_config, NULL, 0},
    {NULL, begin, NULL, 0}, {NULL, send_layer_text, NULL, 0},
    {NULL, finish, NULL, 0}, {NULL, put_image, NULL, 0}, {NULL, v1_json, NULL, 0},
    {NULL, v1_layer, NULL, 0}, {NULL, v1_sum, NULL, 0},
    {NULL, v1_tag_too, NULL, 0}};

static const struct request both_v2[] = {
    {"its end in both", remove_tag, neither_has_tag, 0}};
static const struct request both_v1[] = {
    {"its end in both", v1_drop_tag, neither_has_tag, 0}};

static const struct job {
	const char *what;
	const struct request *before;
	size_t n_before;
	const struct request *requests;
	unsigned n;
	bool removes;
} jobs[] = {
    {"v2 push", NULL, 0, push_v2, COUNT(push_v2), false},
    {"v2 removal", before_removal_v2, COUNT(before_removal_v2), removal_v2,
	COUNT(removal_v2), true},
    {"v1 push", NULL, 0, push_v1, COUNT(push_v1), false},
    {"v1 removal", push_v1, COUNT(push_v1), removal_v1, COUNT(removal_v1), true},
    {"v1 push over v2", before_over_v2, COUNT(before_over_v2), over_v2,
	COUNT(over_v2), false},
    {"v2 removal from both", before_both, COUNT(before_both), both_v2,
	COUNT(both_v2), true},
    {"v1 removal from both", before_both, COUNT(before_both), both_v1,
	COUNT(both_v1), true},
};
static const struct job *job;

/* Outside of the store, and of no account here. */
static const char *
index_elsewhere(void)
{
	return arena_printf(arena, "%s.index.db", dir);
}

static void
open_all(void)
{
	reg = (struct registry){.store = store,
	    .index = indexsqlite_open(index_elsewhere(), NULL, NULL),
	    .auth = &auth_open};
}

static enum result
run_request(size_t i)
{
	return job->requests[i].run();
}

/* What was there is as durable as if berth had just been started. */
static void
prepare(void)
{
	size_t i;

	fresh_store_with_cut();
	client = 0;
	memset(ids, 0, sizeof(*ids));
	open_all();
	for (i = 0; i < job->n_before; i++)
		if (job->before[i].run() != RC_OK)
			bail_out(err.text);
	close_registry();
}

static void
run_requests(unsigned at, const char *action)
{
	const struct scenario requests = {
	    .end = job->n, .start = open_all, .step = run_request};

	(void)run_until(&requests, at, action);
}

/* What is gone already is not an error of the client's. */
static bool
is_fine(enum result r)
{
	return r == RC_OK ||
	       (job->removes && r != RC_IO && r != RC_FULL && r != RC_CLIENT_GONE);
}

/* From the request on that had no answer, or that was refused. */
static const char *
go_on(void)
{
	for (; report->done < job->n; report->done++)
		if (!is_fine(job->requests[report->done].run()))
			return arena_printf(arena, "%s, again: %s",
			    job->requests[report->done].name, err.text);
	return NULL;
}

static const char *
go_on_again(void)
{
	return go_on();
}

static const char *
push_another(void)
{
	client = 1;
	report->done = 0;
	return go_on();
}

static const char *
do_nothing(void)
{
	return NULL;
}

static const struct way {
	const char *what;
	const char *(*run)(void); /* NULL, or what is wrong */
} ways[] = {{"the power fails", do_nothing}, {"the client asks again", go_on_again},
    {"another client pushes", push_another}};

static const char *
promise_fault(void)
{
	unsigned i;

	for (i = 0; i < report->done; i++) {
		const struct request *rq = &job->requests[i];

		/* one that is under way may have ended it */
		if (rq->until > 0 && report->done + 1 >= rq->until)
			continue;
		if (!rq->kept())
			return arena_printf(arena, "%s was acknowledged", rq->name);
	}
	return NULL;
}

static void
try_cut(unsigned at, const char *action, const struct way *way)
{
	const char *fault;

	arena_clear(arena);
	prepare();
	run_requests(at, action);
	open_all();
	fault = way->run();
	close_registry();
	power_cut();
	open_all();
	if (fault == NULL)
		fault = promise_fault();
	close_registry();
	if (!ok(fault == NULL, "%s, %s at step %u (%zu done), %s", job->what,
		action, at, report->done, way->what))
		printf("# %s\n", fault);
}

static void
walk_through(void)
{
	unsigned at, total;
	size_t i;

	arena_clear(arena);
	prepare();
	run_requests(0, "count");
	total = report->count;
	is_int(report->done, (int)job->n, "%s: nothing ails it", job->what);
	for (at = 1; at <= total; at++)
		for (i = 0; i < COUNT(ways); i++) {
			if (job->removes && ways[i].run == push_another)
				continue;
			try_cut(at, "die", &ways[i]);
			if (ways[i].run != do_nothing)
				try_cut(at, "io", &ways[i]);
		}
}

int
main(void)
{
	static const char *const index_files[] = {"", "-wal", "-shm"};
	struct arena *kept;
	bool rebuild;
	size_t i;

	setup_store(IN_MEMORY);
	log_set_level(LOG_ERROR + 1);
	images[0] = image_of('a', NULL, "the layer");
	images[1] = image_of('b', NULL, "the other layer");
	if (prepare_index_at(index_elsewhere(), &rebuild) != RC_OK)
		bail_out(err.text);
	kept = arena; /* what outlives a case */
	arena = arena_new();
	ids = share(sizeof(*ids));
	for (i = 0; i < COUNT(jobs); i++) {
		job = &jobs[i];
		walk_through();
	}
	for (i = 0; i < COUNT(index_files); i++)
		(void)unlink(
		    arena_printf(arena, "%s%s", index_elsewhere(), index_files[i]));
	arena_free(kept);
	return teardown_store();
}
