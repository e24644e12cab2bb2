/* v2-manifests.c: a manifest is put and tagged, and a tag and its manifest are
 * removed; each durable step of that (manifest.h, M1 to M3; tag.h, T1 and T2)
 * fails once, meets a full disk once, and is once the last before the process is killed.
 * The manifest is whole or not there, a tag means the old one or the new one and never
 * what is missing, what was acknowledged is kept, and the same again ends as it should. */
#include "lib/failpoint.h"
#include "lib/repository.h"
#include "lib/v2_store.h"
#include "store/manifest.h"
#include "store/tag.h"

#define OLD "the old manifest"
#define NEW "the new manifest"
#define TAG "v1"

static const char *
type_of(const char *text)
{
	return strcmp(text, OLD) == 0 ? "text/old" : "text/new";
}

static enum result
put(const char *text)
{
	const struct store_manifest m = {sha256(text), str_of(text)};

	return held_manifest_put(APP, &m, str_of(type_of(text)));
}

static enum result
tag(const char *text)
{
	struct digest d = sha256(text);

	return held_tag_put(APP, TAG, &d);
}

/* ---- what is done ---- */

static enum result
put_new(void)
{
	return put(NEW);
}

static enum result
tag_new(void)
{
	return tag(NEW);
}

static enum result
remove_tag(void)
{
	return held_tag_remove(APP, TAG);
}

static enum result
remove_old(void)
{
	struct digest d = sha256(OLD);

	return held_manifest_remove(APP, &d);
}

static const struct job {
	const char *what;
	bool has_old, deletes;
	enum result (*steps[2])(void);
	const char *names[2];
} jobs[] = {
    {"a first push", false, false, {put_new, tag_new}, {"manifest", "tag"}},
    {"a push", true, false, {put_new, tag_new}, {"manifest", "tag"}},
    {"a delete", true, true, {remove_tag, remove_old}, {"tag", "manifest"}},
};
static const struct job *job;

static void
prepare(void)
{
	fresh_store();
	if (job->has_old && (put(OLD) != RC_OK || tag(OLD) != RC_OK))
		bail_out(err.text);
}

static enum result
run_step(size_t i)
{
	return job->steps[i]();
}

/* ---- what must hold: each returns NULL or what is wrong ---- */

/* What a reader finds. */
struct found {
	bool old, new; /* manifests */
	enum { NO_TAG, OLD_TAG, NEW_TAG } tag;
};

/* A manifest that is there is whole, and has its type. */
static const char *
manifest_fault(const char *text, bool *there)
{
	struct digest d = sha256(text);
	struct store_manifest m;
	struct str type;
	enum result r = store_manifest_read(repository(APP), &d, &m, &err);

	*there = r == RC_OK;
	if (r == RC_MANIFEST_UNKNOWN)
		return NULL;
	if (r != RC_OK)
		return err.text;
	if (!str_is(m.bytes, text))
		return "a manifest is not whole";
	r = store_manifest_type(repository(APP), &d, &type, &err);
	return r == RC_OK && str_is(type, type_of(text)) ? NULL : "M3 without M2";
}

/* A tag means what is there. */
static const char *
tag_fault(struct found *f)
{
	struct digest d, old = sha256(OLD), new = sha256(NEW);
	enum result r = store_tag_get(repository(APP), TAG, &d, &err);

	f->tag = NO_TAG;
	if (r == RC_MANIFEST_UNKNOWN)
		return NULL;
	if (r != RC_OK)
		return err.text;
	if (f->old && digest_eq(&d, &old))
		f->tag = OLD_TAG;
	else if (f->new &&digest_eq(&d, &new))
		f->tag = NEW_TAG;
	return f->tag == NO_TAG ? "the tag means what is not there" : NULL;
}

static const char *
push_fault(const struct found *f)
{
	if (f->old != job->has_old)
		return "the old manifest is lost";
	if (!f->new && report->done >= 1)
		return "the new manifest was acknowledged";
	if (f->tag != NEW_TAG && report->done == 2)
		return "the tag was acknowledged";
	return f->tag == NO_TAG && job->has_old ? "the tag is lost" : NULL;
}

static const char *
delete_fault(const struct found *f)
{
	if (f->tag != NO_TAG && report->done >= 1)
		return "the tag's end was acknowledged";
	if (f->old && report->done == 2)
		return "the manifest's end was acknowledged";
	return !f->old && report->done == 0 ? "the manifest went first" : NULL;
}

static const char *
store_fault(void)
{
	struct found f;
	const char *fault = manifest_fault(OLD, &f.old);

	if (fault == NULL)
		fault = manifest_fault(NEW, &f.new);
	if (fault == NULL)
		fault = tag_fault(&f);
	if (fault == NULL)
		fault = job->deletes ? delete_fault(&f) : push_fault(&f);
	return fault;
}

static const char *
again_fault(void)
{
	enum result r;

	for (report->done = 0; report->done < 2; report->done++) {
		r = job->steps[report->done]();
		if (r == RC_MANIFEST_UNKNOWN && job->deletes)
			continue; /* that much was done */
		if (r != RC_OK)
			return arena_printf(arena, "the same again: %s", err.text);
	}
	return store_fault();
}

static const char *
fault_after(void)
{
	const char *fault = tmp_fault();

	if (fault == NULL)
		fault = store_fault();
	return fault == NULL ? again_fault() : fault;
}

static const char *
name_of_step(size_t i)
{
	return job->names[i];
}

static void
test_complete(void)
{
	is_str(store_fault(), NULL, "and the store is as it should be");
}

static void
fail_each(void)
{
	const struct scenario scenario = {
	    .what = job->what,
	    .end = 2,
	    .prepare = prepare,
	    .step = run_step,
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
	for (job = jobs; job < jobs + COUNT(jobs); job++)
		fail_each();
	return teardown_store();
}
