/* 50-remove-failpoints.c: tags and a repository are removed, and each durable step
 * of that fails once, meets a full disk once, and is once the last before the
 * process is killed. No image is lost, no tag means one that is not there, and the
 * same removal again leaves nothing: in the store, nor in the index. */
#include "failpoint-test.h"

static struct image base, top;

static const struct step pushed[] = {
    {JSON, &base, NULL},
    {LAYER, &base, NULL},
    {CHECKSUM, &base, NULL},
    {JSON, &top, NULL},
    {LAYER, &top, NULL},
    {CHECKSUM, &top, NULL},
    {TAG, &base, "v1"},
    {TAG, &top, "latest"},
};
#define N_PUSHED (sizeof(pushed) / sizeof(pushed[0]))

/* The repository goes with its last tag, where nobody announced it. */
static const struct step tags[] = {
    {DROP_TAG, NULL, "latest"},
    {DROP_TAG, NULL, "v1"},
};

static const struct step all[] = {
    {DROP_TAG, NULL, "latest"},
    {DROP_ALL, NULL, NULL},
};

struct removal {
	const char *what;
	bool announced;
	const struct step *steps;
	size_t n;
};

static const struct removal removals[] = {
    {"tag by tag", false, tags, 2},
    {"at once", true, all, 2},
};

static const char *
push_first(const struct removal *rm)
{
	static const struct step announce = {ANNOUNCE, NULL, NULL};
	enum result r = push_all(pushed, N_PUSHED);

	if (r == RC_OK && rm->announced)
		r = run_step(&announce, 1, 0);
	return r == RC_OK ? NULL : err.text;
}

static const char *
store_fault(const struct removal *rm)
{
	const char *fault = tmp_fault();

	if (fault == NULL)
		fault = tags_fault();
	if (fault == NULL && (!is_whole(&base) || !is_whole(&top)))
		fault = "an image is not whole";
	return fault == NULL ? broken_promise(rm->steps, rm->n, told->done) : fault;
}

/* What is gone already is no error of the client's. */
static const char *
again_fault(const struct removal *rm)
{
	size_t i;

	for (i = told->done; i < rm->n; i++) {
		enum result r = run_step(rm->steps, rm->n, i);

		if (r != RC_OK && r != RC_TAG_UNKNOWN && r != RC_REPOSITORY_UNKNOWN)
			return arena_printf(
			    arena, "the same removal again: %s", err.text);
	}
	if (strcmp(tree("repositories/team"), "repositories/team/\n") != 0)
		return arena_printf(
		    arena, "removed, but there is %s", tree("repositories/team"));
	if (index_names_now()[0] != '\0')
		return "removed, but the index has it";
	return store_fault(rm);
}

static void
try_failure(const struct removal *rm, unsigned at, unsigned total,
    const char *action, char name[32])
{
	const char *fault, *place = "";
	int status;

	arena_clear(arena);
	fresh_store();
	make_index();
	open_registry();
	fault = push_first(rm);
	close_registry();
	status = run_until(rm->steps, rm->n, at, action);
	if (strcmp(action, "io") == 0)
		(void)snprintf(name, 32, "%s", told->last);
	open_registry();
	place = place_of(rm->steps, rm->n, at, total, name);
	if (fault == NULL)
		fault = told_fault(status, action);
	if (fault == NULL)
		fault = store_fault(rm);
	if (fault == NULL)
		fault = again_fault(rm);
	if (fault == NULL)
		fault = reindex_fault();
	close_registry();
	if (!ok(fault == NULL, "%s, %s at %s", rm->what, action, place))
		printf("# %s\n", fault);
}

static unsigned
count_steps(const struct removal *rm)
{
	fresh_store();
	make_index();
	open_registry();
	is_str(push_first(rm), NULL, "a repository");
	close_registry();
	is_int(
	    run_until(rm->steps, rm->n, 0, "count"), 0, "is removed %s", rm->what);
	is_int(told->done, rm->n, "all requests succeed");
	is_str(tree("repositories/team"), "repositories/team/\n", "it is gone");
	return told->count;
}

static void
walk_through(const struct removal *rm)
{
	static const char *const actions[] = {"io", "full", "die"};
	unsigned i, k, total = count_steps(rm);
	char name[32];

	for (i = 1; i <= total; i++)
		for (k = 0; k < 3; k++)
			try_failure(rm, i, total, actions[k], name);
}

int
main(void)
{
	struct arena *kept;

	setup(IN_MEMORY);
	base = make_image('a', NULL, "the base's layer");
	top = make_image('b', &base, "the top's");
	kept = arena; /* what outlives a case */
	arena = arena_new();
	told = share(sizeof(*told));
	walk_through(&removals[0]);
	walk_through(&removals[1]);
	arena_free(kept);
	return teardown();
}
