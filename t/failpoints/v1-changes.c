/* v1-changes.c: what is there is changed or removed, and each durable step
 * of that fails once, meets a full disk once, and is once the last before the process
 * is killed. No complete image is lost, no tag means one that is not there, a tag
 * that is moved is never away, and the same again ends as it should: in the store and
 * in the index. */
#include "images/tag.h"
#include "lib/failpoint.h"
#include "lib/push.h"

static struct image base, top, cut_off;

/* What is there before. */
static const struct step before[] = {
    {JSON, &base, NULL},
    {LAYER, &base, NULL},
    {CHECKSUM, &base, NULL},
    {JSON, &top, NULL},
    {LAYER, &top, NULL},
    {CHECKSUM, &top, NULL},
    {TAG, &base, "v1"},
    {TAG, &top, "latest"},
    {JSON, &cut_off, NULL},
    {LAYER, &cut_off, NULL},
};
#define N_BEFORE COUNT(before)

/* The repository goes with its last tag, where nobody announced it. */
static const struct step drop_tags[] = {
    {DROP_TAG, NULL, "latest"},
    {DROP_TAG, NULL, "v1"},
};

static const struct step drop_all[] = {
    {DROP_TAG, NULL, "latest"},
    {DROP_ALL, NULL, NULL},
};

static const struct step move_tags[] = {
    {TAG, &top, "v1"},
    {TAG, &base, "latest"},
};

static const struct step set_properties_of[] = {
    {DESCRIBE, NULL, "what it is for"},
    {HIDE, NULL, NULL},
};

static const struct step sweep[] = {{SWEEP, NULL, NULL}};

struct change {
	const char *what;
	bool announced;
	const struct step *steps;
	size_t n;
	const char *(*meanwhile)(
	    void);                    /* must hold always; NULL or what is wrong */
	const char *(*finally)(void); /* must hold at the end */
};

static const char *
none_fault(void)
{
	return NULL;
}

static const char *
removed_fault(void)
{
	if (strcmp(tree("repositories/team"), "repositories/team/\n") != 0)
		return arena_printf(
		    arena, "removed, but there is %s", tree("repositories/team"));
	return index_names_now()[0] == '\0' ? NULL
					    : "removed, but the index has it";
}

/* 'a' or 'b', the image that the tag means; '-' when there is no tag. */
static char
tag_is(const char *tag)
{
	const char *id;

	return tag_get(TASK(arena), &app, tag, &id) == RC_OK ? id[0] : '-';
}

static const char *
away_fault(void)
{
	if (tag_is("v1") == '-' || tag_is("latest") == '-')
		return "a tag that was there is away";
	return is_there("repositories/team/app/json")
		   ? NULL
		   : "the json of latest is away";
}

static const char *
moved_fault(void)
{
	if (tag_is("v1") != 'b' || tag_is("latest") != 'a')
		return "a tag was not moved";
	return strcmp(index_names_now(), "team/app ") == 0 ? NULL
							   : "the index lost it";
}

static const char *
swept_fault(void)
{
	if (is_there(image_file(&cut_off, "json")))
		return "swept, but the image is there";
	return strcmp(tree("_berth/push"), "_berth/push/\n") == 0
		   ? NULL
		   : "swept, but its push is there";
}

static const char *
hidden_fault(void)
{
	struct properties now = properties_now();

	if (!str_is(now.description, "what it is for"))
		return "described, but the description is not there";
	if (!now.is_private)
		return "made private, but it is public";
	return index_names_now()[0] == '\0' ? NULL : "private, but found";
}

/* A process that lives keeps the index true, whatever fails. */
static const char *
leak_fault(void)
{
	if (report->count > 0 && report->result != RC_OK &&
	    properties_now().is_private && index_names_now()[0] != '\0')
		return "private, but found";
	return away_fault();
}

static const struct change changes[] = {
    {"tag by tag", false, drop_tags, 2, none_fault, removed_fault},
    {"at once", true, drop_all, 2, none_fault, removed_fault},
    {"tags moved", true, move_tags, 2, away_fault, moved_fault},
    {"properties", false, set_properties_of, 2, leak_fault, hidden_fault},
    {"a push swept", true, sweep, 1, away_fault, swept_fault},
};

static const struct change *change;

static void
prepare(void)
{
	static const struct step announce = {ANNOUNCE, NULL, NULL};
	enum result r;

	fresh_store();
	make_index();
	open_registry();
	r = push_all(before, N_BEFORE);
	if (r == RC_OK && change->announced)
		r = run_step(&announce, 1, 0);
	close_registry();
	if (r != RC_OK)
		bail_out(err.text);
}

static const char *
store_fault(void)
{
	const struct image *const unfinished[] = {&cut_off};
	const char *fault = tmp_fault();

	if (fault == NULL)
		fault = tags_fault();
	if (fault == NULL && (!is_whole(&base) || !is_whole(&top)))
		fault = "an image is not whole";
	if (fault == NULL)
		fault = image_fault(unfinished, 1);
	if (fault == NULL)
		fault = change->meanwhile();
	return fault == NULL
		   ? acknowledged_fault(change->steps, change->n, report->done)
		   : fault;
}

/* What is gone already is not an error of the client's. */
static const char *
again_fault(void)
{
	const char *fault;
	size_t i;

	for (i = report->done; i < change->n; i++) {
		enum result r = run_step(change->steps, change->n, i);

		if (r != RC_OK && r != RC_TAG_UNKNOWN && r != RC_REPOSITORY_UNKNOWN)
			return arena_printf(arena, "the same again: %s", err.text);
	}
	fault = change->finally();
	if (fault == NULL && push_all(before + 8, 2) != RC_OK)
		fault = arena_printf(
		    arena, "the push cut off, again: %s", err.text);
	return fault == NULL ? store_fault() : fault;
}

static const char *
fault_after(void)
{
	const char *fault;

	open_registry();
	fault = store_fault();
	if (fault == NULL)
		fault = again_fault();
	if (fault == NULL)
		fault = reindex_fault();
	close_registry();
	return fault;
}

static enum result
send_step(size_t i)
{
	return run_step(change->steps, change->n, i);
}

static const char *
name_of_step(size_t i)
{
	return step_place(&change->steps[i]);
}

static void
test_complete(void)
{
	open_registry();
	is_str(change->finally(), NULL, "it is done");
	close_registry();
}

static void
fail_each(void)
{
	const struct scenario scenario = {
	    .what = change->what,
	    .end = change->n,
	    .prepare = prepare,
	    .start = open_registry,
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
	base = image_of('a', NULL, "the base's layer");
	top = image_of('b', &base, "the top's");
	cut_off = image_of('c', &top, "of a push that was cut off");
	for (change = changes; change < changes + COUNT(changes); change++)
		fail_each();
	return teardown_store();
}
