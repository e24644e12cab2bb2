/* v2-push.c: an image is pushed as docker does it, a signature of it, then it
 * is mounted into another repository, and all is removed again; each durable step of that
 * fails once, meets a full disk once, and is once the last before the process is killed.
 * Whatever happened: a tag means a manifest that is there, a manifest that is there is
 * whole, with all it refers to; what was acknowledged is kept; the index, brought up to
 * the store, says what the store says; and the same push again succeeds. */
#include <signal.h>

#include "content/blob.h"
#include "content/list.h"
#include "content/manifests.h"
#include "content/upload.h"
#include "image/manifest.h"
#include "push-test.h"
#include "store/manifest.h"
#include "store/repository.h"
#include "store/tag.h"
#include "storefs/failpoint.h"
#include "v2-image-test.h"

#define HERE   "team/app"
#define THERE  "other/app"
#define LAYER  "a layer in two parts"
#define CONFIG "{\"config\": {}}"

#define OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"

/* AddressSanitizer keeps what was freed, and each fork copies that. */
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "quarantine_size_mb=1";
}

static struct told {
	unsigned done;      /* steps that were acknowledged */
	enum result result; /* of the step behind them */
	unsigned count;     /* durable steps, up to the one that failed */
	char last[32];      /* its name */
	bool alive, lost;   /* it was not killed; it asked for a walk */
} * told;

/* ---- the image ---- */

static const char *
signature_manifest(void)
{
	return arena_printf(arena,
	    "{\"schemaVersion\": 2, \"mediaType\": \"" OCI_MANIFEST
	    "\", \"config\": %s, \"layers\": [], \"subject\": %s}",
	    descriptor("application/x-signature", CONFIG),
	    descriptor(OCI_MANIFEST, manifest_of(CONFIG, LAYER)));
}

/* ---- the steps ---- */

static const char *upload; /* its id */

static enum result
begin(void)
{
	struct store_upload up;
	enum result r = upload_begin(&reg, arena, HERE, HASH_SHA256, &up, &err);

	upload = r == RC_OK ? up.id : NULL;
	return r;
}

static enum result
send_part(size_t first, size_t last)
{
	struct upload_part part = {.ranged = true, .first = first, .last = last};
	struct store_upload up;

	part.body_file = make_body(str_make(&LAYER[first], last - first + 1));
	return upload_append(&reg, arena, HERE, str_of(upload), &part, &up, &err);
}

static enum result
send_first(void)
{
	return send_part(0, 6);
}

static enum result
send_second(void)
{
	return send_part(7, strlen(LAYER) - 1);
}

static enum result
finish(void)
{
	const struct upload_part nothing = {.body_file = NULL};
	struct digest d = sha256(LAYER);
	struct store_upload up;

	return upload_finish(
	    &reg, arena, HERE, str_of(upload), &nothing, &d, &up, &err);
}

static enum result
send_config(void)
{
	struct digest d = sha256(CONFIG);

	return upload_whole(&reg, arena, HERE, make_body(str_of(CONFIG)), &d, &err);
}

static enum result
put(const char *name, const char *reference, const char *text)
{
	const struct manifests_push push = {
	    .bytes = str_of(text), .content_type = str_of(OCI_MANIFEST)};
	struct manifests_pushed pushed;

	return manifests_put(
	    &reg, arena, name, str_of(reference), &push, &pushed, &err);
}

static enum result
put_image(void)
{
	return put(HERE, "v1", manifest_of(CONFIG, LAYER));
}

static enum result
put_signature(void)
{
	struct digest d = sha256(signature_manifest());

	return put(HERE, digest_text(arena, &d), signature_manifest());
}

static enum result
mount(void)
{
	struct digest layer = sha256(LAYER), config = sha256(CONFIG), kept;
	enum result r = blob_mount(&reg, arena, THERE, &layer, HERE, &kept, &err);

	if (r == RC_OK)
		r = blob_mount(&reg, arena, THERE, &config, NULL, &kept, &err);
	return r == RC_OK ? put(THERE, "v1", manifest_of(CONFIG, LAYER)) : r;
}

static enum result
remove_tag(void)
{
	return manifests_remove(&reg, arena, THERE, str_of("v1"), NULL, &err);
}

static enum result
remove_image(void)
{
	struct digest d = sha256(manifest_of(CONFIG, LAYER));

	return manifests_remove(
	    &reg, arena, HERE, str_of(digest_text(arena, &d)), NULL, &err);
}

static enum result
remove_layer(void)
{
	struct digest d = sha256(LAYER);

	return blob_remove(&reg, arena, THERE, &d, &err);
}

static const struct verb_of_push {
	const char *name;
	enum result (*run)(void);
} steps[] = {{"begin", begin}, {"first part", send_first},
    {"second part", send_second}, {"finish", finish}, {"config", send_config},
    {"image", put_image}, {"signature", put_signature}, {"mount", mount},
    {"tag gone", remove_tag}, {"image gone", remove_image},
    {"layer gone", remove_layer}};

enum {
	FINISHED = 3,
	CONFIG_SENT,
	IMAGE,
	SIGNATURE,
	MOUNT,
	TAG_GONE,
	IMAGE_GONE,
	LAYER_GONE
};
#define N_STEPS (sizeof(steps) / sizeof(steps[0]))

static void
note_lost(void *ignored)
{
	(void)ignored;
	told->lost = true;
}

static int
run_and_tell(void *arg)
{
	open_registry();
	reg.index_lost = note_lost;
	failpoint_arm(arg);
	while (told->done < N_STEPS) {
		told->result = steps[told->done].run();
		if (told->result != RC_OK)
			break;
		told->done++;
	}
	told->alive = true;
	told->count = failpoint_count();
	(void)snprintf(told->last, sizeof(told->last), "%s", failpoint_last());
	return 0;
}

static int
run_until(unsigned at, const char *action)
{
	char spec[24];
	int status;

	(void)snprintf(spec, sizeof(spec), "%u:%s", at, action);
	memset(told, 0, sizeof(*told));
	status = run_in_process(run_and_tell, spec);
	remove_tree(in_dir("_berth/body")); /* nginx goes on and removes its file */
	make_dir("_berth/body");
	return status;
}

/* ---- what must hold: each returns NULL or what is wrong ---- */

static const char *
told_fault(int status, const char *action)
{
	if (strcmp(action, "die") == 0)
		return status == 128 + SIGKILL ? NULL : "it was not killed";
	if (status != 0)
		return "it ended otherwise";
	if (told->result != (strcmp(action, "full") == 0 ? RC_FULL : RC_IO))
		return arena_printf(
		    arena, "the client hears: %s", err_name(told->result));
	return NULL;
}

/* A repository as a reader finds it. */
struct found {
	const char *name, *fault;
	unsigned manifests, tags;
};

/* Of the layer that the last step takes away nothing is said. */
static bool
see_manifest(void *arg, const struct digest *d)
{
	struct found *f = arg;
	struct store_manifest stored;
	struct store_blob blob;
	struct manifest m;
	struct digest ref;
	size_t i;

	f->manifests++;
	if (store_manifest_read(store, arena, f->name, d, &stored, &err) != RC_OK ||
	    manifest_parse(arena, stored.bytes, str_of(OCI_MANIFEST), &m, &err) !=
		RC_OK) {
		f->fault = "a manifest is not whole";
		return false;
	}
	for (i = 0; i < m.n_refs && told->done < LAYER_GONE; i++)
		if (digest_parse(m.refs[i], &ref, &err) != RC_OK ||
		    store_blob_find(store, arena, f->name, &ref, &blob, &err) !=
			RC_OK)
			f->fault = "a manifest lacks what it refers to";
	return f->fault == NULL;
}

static bool
see_tag(void *arg, const char *tag, const struct digest *d)
{
	struct found *f = arg;
	struct digest kept;

	(void)tag;
	f->tags++;
	if (store_manifest_find(store, arena, f->name, d, &kept, &err) != RC_OK)
		f->fault = "a tag means what is not there";
	return f->fault == NULL;
}

static struct found
look_at(const char *name)
{
	struct found f = {.name = name};

	if (store_manifest_each(store, name, see_manifest, &f, &err) != RC_OK ||
	    store_tag_each(store, name, "", see_tag, &f, &err) != RC_OK)
		f.fault = err.text;
	return f;
}

/* What was acknowledged, step by step. */
static const char *
kept_fault(const struct found *here, const struct found *there)
{
	unsigned done = told->done;

	if (done > FINISHED && !has_blob(HERE, LAYER))
		return "the layer was acknowledged";
	if (done > CONFIG_SENT && !has_blob(HERE, CONFIG))
		return "the config was acknowledged";
	if (done > IMAGE && done < IMAGE_GONE &&
	    (here->tags != 1 || here->manifests < 1))
		return "the image was acknowledged";
	if (done > SIGNATURE && done < IMAGE_GONE && here->manifests != 2)
		return "the signature was acknowledged";
	if (done > MOUNT && there->manifests != 1)
		return "the other image was acknowledged";
	if (done > TAG_GONE && there->tags != 0)
		return "the tag's end was acknowledged";
	if (done > IMAGE_GONE && (here->tags != 0 || here->manifests != 1))
		return "the image's end was acknowledged";
	if (done > LAYER_GONE && has_blob(THERE, LAYER))
		return "the layer's end was acknowledged";
	return NULL;
}

static bool
count_one(void *arg, const struct manifest_descriptor *one)
{
	(void)one;
	++*(unsigned *)arg;
	return true;
}

static const char *
lists_fault(const struct found *f)
{
	struct content_page tags, catalog;
	bool listed = false;
	size_t i;

	if (content_list_catalog(&reg, arena, str_of(""), 100, &catalog, &err) !=
	    RC_OK)
		return err.text;
	for (i = 0; i < catalog.n; i++)
		listed = listed || strcmp(catalog.names[i], f->name) == 0;
	if (listed != (f->manifests > 0))
		return "the catalog is not what the store is";
	if (f->manifests == 0)
		return NULL;
	if (content_list_tags(&reg, arena, f->name, str_of(""), 100, &tags, &err) !=
	    RC_OK)
		return err.text;
	return tags.n == f->tags ? NULL : "tags are not what the store has";
}

static const char *
index_fault(const struct found *here, const struct found *there)
{
	struct digest subject = sha256(manifest_of(CONFIG, LAYER));
	const struct digest signature = sha256(signature_manifest());
	struct digest kept;
	unsigned referrers = 0;
	bool has_signature;
	const char *fault = lists_fault(here);

	if (fault == NULL)
		fault = lists_fault(there);
	if (fault == NULL &&
	    content_list_referrers(&reg, HERE, str_of(digest_text(arena, &subject)),
		str_of(""), str_of(""), count_one, &referrers, &err) != RC_OK)
		return err.text;
	has_signature = store_manifest_find(
			    store, arena, HERE, &signature, &kept, &err) == RC_OK;
	if (fault == NULL && referrers != has_signature)
		fault = "referrers are not what the store has";
	return fault;
}

/* As the next start does it: the stamps tell what to read. */
static const char *
reindexed_fault(const struct found *here, const struct found *there)
{
	const struct reindex how = {.path = index_path()};
	bool done = false;

	if (reindex_run(&reg, &how, &done, &err) != RC_OK || !done)
		return err.text;
	return index_fault(here, there);
}

static const char *
store_fault(void)
{
	struct found here = look_at(HERE), there = look_at(THERE);
	const char *fault = here.fault == NULL ? there.fault : here.fault;

	if (fault == NULL)
		fault = kept_fault(&here, &there);
	/* who lived on asked for a walk, or had no need of one */
	if (fault == NULL && told->alive && !told->lost)
		fault = index_fault(&here, &there);
	return fault == NULL ? reindexed_fault(&here, &there) : fault;
}

static const char *
again_fault(void)
{
	size_t i;

	told->done = 0;
	for (i = 0; i < TAG_GONE; i++, told->done++)
		if (steps[i].run() != RC_OK)
			return arena_printf(
			    arena, "again, %s: %s", steps[i].name, err.text);
	return store_fault();
}

/* An empty store, with an index that is whole. */
static void
make_ready(void)
{
	const struct reindex how = {.path = index_path()};
	bool done = false;

	fresh_store();
	make_index();
	open_registry();
	if (reindex_run(&reg, &how, &done, &err) != RC_OK || !done)
		bail_out(err.text);
	close_registry();
}

static void
try_failure(unsigned at, unsigned total, const char *action)
{
	const char *fault, *where;
	int status;

	arena_clear(arena);
	make_ready();
	status = run_until(at, action);
	where = steps[told->done < N_STEPS ? told->done : N_STEPS - 1].name;
	fault = told_fault(status, action);
	open_registry();
	if (fault == NULL)
		fault = tmp_fault();
	if (fault == NULL)
		fault = store_fault();
	if (fault == NULL)
		fault = again_fault();
	close_registry();
	if (!ok(fault == NULL, "%s at step %u of %u (%s in %s)", action, at, total,
		told->last, where))
		printf("# %s\n", fault);
}

/* Without a failure: how many durable steps there are. */
static unsigned
count_steps(void)
{
	make_ready();
	is_int(run_until(0, "count"), 0, "nothing ails it");
	is_int(told->done, (int)N_STEPS, "all steps succeed");
	open_registry();
	is_str(store_fault(), NULL, "and the store is as it should be");
	close_registry();
	return told->count;
}

int
main(void)
{
	static const char *const actions[] = {"io", "full", "die"};
	unsigned at, total;
	size_t k;

	setup_store(IN_MEMORY);
	told = share(sizeof(*told));
	total = count_steps();
	for (at = 1; at <= total; at++)
		for (k = 0; k < sizeof(actions) / sizeof(actions[0]); k++)
			try_failure(at, total, actions[k]);
	return teardown_store();
}
