/* v2-push.c: an image is pushed as docker does it, a signature of it, then it
 * is mounted into another repository, and all is removed again; each durable step of that
 * fails once, meets a full disk once, and is once the last before the process is killed.
 * Whatever happened: a tag means a manifest that is there, a manifest that is there is
 * whole, with all it refers to; what was acknowledged is kept; the index, brought up to
 * the store, says what the store says; and the same push again succeeds. */
#include "content/blob.h"
#include "content/list.h"
#include "content/manifests.h"
#include "content/upload.h"
#include "image/manifest.h"
#include "lib/failpoint.h"
#include "lib/registry.h"
#include "lib/repository.h"
#include "lib/v2_image.h"
#include "registry/reindex.h"
#include "store/manifest.h"
#include "store/repository.h"
#include "store/tag.h"

#define HERE   "team/app"
#define THERE  "other/app"
#define LAYER  "a layer in two parts"
#define CONFIG "{\"config\": {}}"

#define OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"

/* What the process reported besides; also when it was killed. */
static struct more {
	bool lost;     /* the index missed a change, */
	bool lost_all; /* and all repositories are to be read again */
} * more;

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
	enum result r = upload_begin(TASK(arena), HERE, HASH_SHA256, &up);

	upload = r == RC_OK ? up.id : NULL;
	return r;
}

static enum result
send_part(size_t first, size_t last)
{
	struct upload_part part = {.ranged = true, .first = first, .last = last};
	struct store_upload up;

	part.body_file = make_body(str_make(&LAYER[first], last - first + 1));
	return upload_append(TASK(arena), HERE, str_of(upload), &part, &up);
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

	return upload_finish(TASK(arena), HERE, str_of(upload), &nothing, &d, &up);
}

static enum result
send_config(void)
{
	struct digest d = sha256(CONFIG);

	return upload_whole(TASK(arena), HERE, make_body(str_of(CONFIG)), &d);
}

static enum result
put(const char *name, const char *reference, const char *text)
{
	const struct manifests_push push = {
	    .bytes = str_of(text), .content_type = str_of(OCI_MANIFEST)};
	struct manifests_pushed pushed;

	return manifests_put(TASK(arena), name, str_of(reference), &push, &pushed);
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
	enum result r = blob_mount(TASK(arena), THERE, &layer, HERE, &kept);

	if (r == RC_OK)
		r = blob_mount(TASK(arena), THERE, &config, NULL, &kept);
	return r == RC_OK ? put(THERE, "v1", manifest_of(CONFIG, LAYER)) : r;
}

static enum result
remove_tag(void)
{
	return manifests_remove(TASK(arena), THERE, str_of("v1"), NULL);
}

static enum result
remove_image(void)
{
	struct digest d = sha256(manifest_of(CONFIG, LAYER));

	return manifests_remove(
	    TASK(arena), HERE, str_of(digest_text(arena, &d)), NULL);
}

static enum result
remove_layer(void)
{
	struct digest d = sha256(LAYER);

	return blob_remove(TASK(arena), THERE, &d);
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
#define N_STEPS COUNT(steps)

static void
note_lost(void *ignored, bool all)
{
	(void)ignored;
	more->lost = true;
	more->lost_all = more->lost_all || all;
}

static void
start(void)
{
	open_registry();
	reg.index_lost = note_lost;
}

static enum result
run_step(size_t i)
{
	return steps[i].run();
}

/* ---- what must hold: each returns NULL or what is wrong ---- */

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
	if (store_manifest_read(repository(f->name), d, &stored, &err) != RC_OK ||
	    manifest_parse(arena, stored.bytes, str_of(OCI_MANIFEST), &m, &err) !=
		RC_OK) {
		f->fault = "a manifest is not whole";
		return false;
	}
	for (i = 0; i < m.n_refs && report->done < LAYER_GONE; i++)
		if (digest_parse(m.refs[i], &ref, &err) != RC_OK ||
		    store_blob_find(repository(f->name), &ref, &blob, &err) !=
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
	if (store_manifest_find(repository(f->name), d, &kept, &err) != RC_OK)
		f->fault = "a tag means what is not there";
	return f->fault == NULL;
}

static struct found
look_at(const char *name)
{
	struct found f = {.name = name};

	if (store_manifest_each(repository(name), see_manifest, &f, &err) !=
		RC_OK ||
	    store_tag_each(repository(name), "", see_tag, &f, &err) != RC_OK)
		f.fault = err.text;
	return f;
}

/* What was acknowledged, step by step. */
static const char *
kept_fault(const struct found *here, const struct found *there)
{
	size_t done = report->done;

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

	if (content_list_catalog(TASK(arena), str_of(""), 100, &catalog) != RC_OK)
		return err.text;
	for (i = 0; i < catalog.n; i++)
		listed = listed || strcmp(catalog.names[i], f->name) == 0;
	if (listed != (f->manifests > 0))
		return "the catalog is not what the store is";
	if (f->manifests == 0)
		return NULL;
	if (content_list_tags(TASK(arena), f->name, str_of(""), 100, &tags) !=
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
	if (fault == NULL && content_list_referrers(TASK(arena), HERE,
				 str_of(digest_text(arena, &subject)), str_of(""),
				 str_of(""), count_one, &referrers) != RC_OK)
		return err.text;
	has_signature = store_manifest_find(
			    repository(HERE), &signature, &kept, &err) == RC_OK;
	if (fault == NULL && referrers != has_signature)
		fault = "referrers are not what the store has";
	return fault;
}

/* As the next start does it: the stamps tell what to read. */
static const char *
reindexed_fault(const struct found *here, const struct found *there)
{
	const struct reindex how = {.afresh = false};
	bool done = false;

	if (reindex_run(TASK(arena), &how, &done) != RC_OK || !done)
		return err.text;
	return index_fault(here, there);
}

/* The repositories that have a mark are read again, and lose it. */
static const char *
marked_fault(void)
{
	const struct reindex how = {.marked = true};
	bool done = false;

	if (reindex_run(TASK(arena), &how, &done) != RC_OK || !done)
		return arena_printf(arena, "marked: %s", err.text);
	return tree("_berth/mark") == NULL ||
		       strcmp(tree("_berth/mark"), "_berth/mark/\n") == 0
		   ? NULL
		   : "a mark is left";
}

static const char *
store_fault(void)
{
	struct found here = look_at(HERE), there = look_at(THERE);
	const char *fault = here.fault == NULL ? there.fault : here.fault;

	if (fault == NULL)
		fault = kept_fault(&here, &there);
	/* a process that lived on asked for a walk of all, marked what it missed, or missed
	 * nothing */
	if (fault == NULL && report->count > 0 && more->lost && !more->lost_all)
		fault = marked_fault();
	if (fault == NULL && report->count > 0 && !more->lost_all)
		fault = index_fault(&here, &there);
	return fault == NULL ? reindexed_fault(&here, &there) : fault;
}

static const char *
again_fault(void)
{
	size_t i;

	report->done = 0;
	for (i = 0; i < TAG_GONE; i++, report->done++)
		if (steps[i].run() != RC_OK)
			return arena_printf(
			    arena, "again, %s: %s", steps[i].name, err.text);
	return store_fault();
}

/* An empty store, with an index that is whole. */
static void
prepare(void)
{
	const struct reindex how = {.afresh = false};
	bool done = false;

	more->lost = more->lost_all = false;
	fresh_store();
	make_index();
	open_registry();
	if (reindex_run(TASK(arena), &how, &done) != RC_OK || !done)
		bail_out(err.text);
	close_registry();
}

static const char *
fault_after(void)
{
	const char *fault;

	open_registry();
	fault = tmp_fault();
	if (fault == NULL)
		fault = store_fault();
	if (fault == NULL)
		fault = again_fault();
	close_registry();
	return fault;
}

static const char *
name_of_step(size_t i)
{
	return steps[i].name;
}

static void
test_complete(void)
{
	open_registry();
	is_str(store_fault(), NULL, "and the store is as it should be");
	close_registry();
}

static const struct scenario push = {
    .what = "a push",
    .end = N_STEPS,
    .prepare = prepare,
    .start = start,
    .step = run_step,
    .name = name_of_step,
    .fault = fault_after,
    .complete = test_complete,
};

int
main(void)
{
	setup_store(IN_MEMORY);
	more = share(sizeof(*more));
	fail_at_each_step(&push);
	return teardown_store();
}
