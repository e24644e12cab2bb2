/* v2-manifests.c: a manifest is put and tagged, and a tag and its manifest are
 * removed; each durable step of that (manifest.h, M1 to M3; tag.h, T1 and T2)
 * fails once, meets a full disk once, and is once the last before the process is killed.
 * The manifest is whole or not there, a tag means the old one or the new one and never
 * what is missing, what was acknowledged is kept, and the same again ends as it should. */
#include <signal.h>

#include "store/manifest.h"
#include "store/sweep.h"
#include "store/tag.h"
#include "storefs/failpoint.h"
#include "v2-store-test.h"

#define OLD "the old manifest"
#define NEW "the new manifest"
#define TAG "v1"

/* What the caller knows; also when the process was killed. */
static struct told {
	unsigned done;      /* steps that were acknowledged */
	enum result result; /* of the step behind them */
	unsigned count;     /* durable steps, up to the one that failed */
	char last[32];      /* its name */
} * told;

static const char *
type_of(const char *text)
{
	return strcmp(text, OLD) == 0 ? "text/old" : "text/new";
}

static enum result
put(const char *text)
{
	const struct store_manifest m = {sha256(text), str_of(text)};

	return store_manifest_put(
	    store, arena, APP, &m, str_of(type_of(text)), &err);
}

static enum result
tag(const char *text)
{
	struct digest d = sha256(text);

	return store_tag_put(store, arena, APP, TAG, &d, &err);
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
	return store_tag_remove(store, arena, APP, TAG, &err);
}

static enum result
remove_old(void)
{
	struct digest d = sha256(OLD);

	return store_manifest_remove(store, arena, APP, &d, &err);
}

static const struct job {
	const char *what;
	bool has_old, deletes;
	enum result (*steps[2])(void);
} jobs[] = {
    {"a first push", false, false, {put_new, tag_new}},
    {"a push", true, false, {put_new, tag_new}},
    {"a delete", true, true, {remove_tag, remove_old}},
};
static const struct job *job;

static void
make_ready(void)
{
	fresh_store();
	if (job->has_old && (put(OLD) != RC_OK || tag(OLD) != RC_OK))
		bail_out(err.text);
}

static int
run_and_tell(void *arg)
{
	failpoint_arm(arg);
	while (told->done < 2) {
		told->result = job->steps[told->done]();
		if (told->result != RC_OK)
			break;
		told->done++;
	}
	told->count = failpoint_count();
	(void)snprintf(told->last, sizeof(told->last), "%s", failpoint_last());
	return 0;
}

static int
run_until(unsigned at, const char *action)
{
	char spec[24];

	(void)snprintf(spec, sizeof(spec), "%u:%s", at, action);
	memset(told, 0, sizeof(*told));
	return run_in_process(run_and_tell, spec);
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
		    arena, "the caller hears: %s", err_name(told->result));
	return NULL;
}

static const char *
tmp_fault(void)
{
	unsigned n;

	if (store_sweep_tmp(store, &n, &err) != RC_OK)
		return err.text;
	return strcmp(tree("_berth/tmp"), "_berth/tmp/\n") == 0
		   ? NULL
		   : "_berth/tmp: not all was swept";
}

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
	enum result r = store_manifest_read(store, arena, APP, &d, &m, &err);

	*there = r == RC_OK;
	if (r == RC_MANIFEST_UNKNOWN)
		return NULL;
	if (r != RC_OK)
		return err.text;
	if (!str_is(m.bytes, text))
		return "a manifest is not whole";
	r = store_manifest_type(store, arena, APP, &d, &type, &err);
	return r == RC_OK && str_is(type, type_of(text)) ? NULL : "M3 without M2";
}

/* A tag means what is there. */
static const char *
tag_fault(struct found *f)
{
	struct digest d, old = sha256(OLD), new = sha256(NEW);
	enum result r = store_tag_get(store, arena, APP, TAG, &d, &err);

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
	if (!f->new && told->done >= 1)
		return "the new manifest was acknowledged";
	if (f->tag != NEW_TAG && told->done == 2)
		return "the tag was acknowledged";
	return f->tag == NO_TAG && job->has_old ? "the tag is lost" : NULL;
}

static const char *
delete_fault(const struct found *f)
{
	if (f->tag != NO_TAG && told->done >= 1)
		return "the tag's end was acknowledged";
	if (f->old && told->done == 2)
		return "the manifest's end was acknowledged";
	return !f->old && told->done == 0 ? "the manifest went first" : NULL;
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

	for (told->done = 0; told->done < 2; told->done++) {
		r = job->steps[told->done]();
		if (r == RC_MANIFEST_UNKNOWN && job->deletes)
			continue; /* that much was done */
		if (r != RC_OK)
			return arena_printf(arena, "the same again: %s", err.text);
	}
	return store_fault();
}

static void
try_failure(unsigned at, unsigned total, const char *action)
{
	const char *fault;
	int status;

	arena_clear(arena);
	make_ready();
	status = run_until(at, action);
	fault = told_fault(status, action);
	if (fault == NULL)
		fault = tmp_fault();
	if (fault == NULL)
		fault = store_fault();
	if (fault == NULL)
		fault = again_fault();
	if (!ok(fault == NULL, "%s, %s at step %u of %u (%s)", job->what, action,
		at, total, told->last))
		printf("# %s\n", fault);
}

/* Without a failure: how many durable steps there are. */
static unsigned
count_steps(void)
{
	make_ready();
	is_int(run_until(0, "count"), 0, "%s: nothing ails it", job->what);
	is_int(told->done, 2, "both its steps succeed");
	is_str(store_fault(), NULL, "and the store is as it should be");
	return told->count;
}

int
main(void)
{
	static const char *const actions[] = {"io", "full", "die"};
	unsigned at, total;
	size_t i, k;

	setup_store(IN_MEMORY);
	told = share(sizeof(*told));
	for (i = 0; i < COUNT(jobs); i++) {
		job = &jobs[i];
		total = count_steps();
		for (at = 1; at <= total; at++)
			for (k = 0; k < COUNT(actions); k++)
				try_failure(at, total, actions[k]);
	}
	return teardown_store();
}
