/* v1-push.c: a push of three images in which each durable step fails
 * once, meets a full disk once, and is once the last before the process is killed.
 * Whatever it was, the order of v1push.h (P1 to P8) keeps the store sound, what
 * was acknowledged is there, and the same push again succeeds. */
#include "failpoint-test.h"

static struct image base, middle, top;

static const struct step steps[] = {
    {ANNOUNCE, NULL, NULL},
    {JSON, &base, NULL},
    {LAYER, &base, NULL},
    {CHECKSUM, &base, NULL},
    {JSON, &middle, NULL},
    {LAYER, &middle, NULL},
    {CHECKSUM, &middle, NULL},
    {TAG, &middle, "v1"},
    {JSON, &top, NULL},
    {LAYER, &top, NULL},
    {CHECKSUM, &top, NULL},
    {TAG, &top, "latest"},
    {FINISH, NULL, NULL},
};
#define N_STEPS (sizeof(steps) / sizeof(steps[0]))

static const struct image *const images[] = {&base, &middle, &top};

/* The files of a whole push. */
static const char *expected;

static const char *
all_files(void)
{
	return arena_printf(arena, "%s%s", tree("images"), tree("repositories"));
}

static const char *
store_fault(void)
{
	const char *fault = tmp_fault();
	size_t i;

	for (i = 0; fault == NULL && i < 3; i++) {
		fault = image_fault(&images[i], 1);
		if (fault == NULL)
			fault = waiting_fault(images[i]);
	}
	if (fault == NULL)
		fault = tags_fault();
	if (fault == NULL)
		fault = acknowledged_fault(steps, N_STEPS, told->done);
	return fault == NULL ? reindex_fault() : fault;
}

/* The images in the store have one name each: what waited is gone. */
static const char *
whole_fault(void)
{
	struct stat sb;
	size_t i;

	for (i = 0; i < 3; i++) {
		if (!is_complete(images[i]) || !is_whole(images[i]))
			return "an image is not whole";
		if (stat(in_dir(image_file(images[i], "layer")), &sb) == -1 ||
		    sb.st_nlink != 1)
			return "a layer has more than one name";
	}
	if (strcmp(tree("_berth/push"), "_berth/push/\n") != 0)
		return "_berth/push: not all was swept";
	if (strcmp(index_names_now(), "team/app ") != 0)
		return "the index does not have the repository";
	return strcmp(all_files(), expected) == 0 ? NULL : "other files";
}

/* A push that was cut off leaves its count of open pushes, for the sweep. */
static const char *
again_fault(void)
{
	unsigned n;
	const char *fault;

	if (push_all(steps, N_STEPS) != RC_OK)
		return arena_printf(arena, "the same push again: %s", err.text);
	if (store_v1push_sweep(store, -1, &n, &err) != RC_OK)
		return err.text;
	fault = whole_fault();
	return fault == NULL ? tags_fault() : fault;
}

static void
try_failure(unsigned at, unsigned total, const char *action, char name[32])
{
	const char *fault, *place;
	int status;

	arena_clear(arena);
	fresh_store();
	make_index();
	status = run_until(steps, N_STEPS, at, action);
	if (strcmp(action, "io") == 0)
		(void)snprintf(name, 32, "%s", told->last);
	open_registry();
	place = place_of(steps, N_STEPS, at, total, name);
	fault = told_fault(status, action);
	if (fault == NULL)
		fault = store_fault();
	if (fault == NULL)
		fault = again_fault();
	close_registry();
	if (!ok(fault == NULL, "%s at %s", action, place))
		printf("# %s\n", fault);
}

/* Without a failure: how many durable steps there are, and what they leave. */
static unsigned
count_steps(struct arena *kept)
{
	make_index();
	is_int(
	    run_until(steps, N_STEPS, 0, "count"), 0, "a push that nothing ails");
	is_int(told->done, N_STEPS, "all its requests succeed");
	expected = arena_strdup(kept, all_files());
	is_str(tree("_berth/push"), "_berth/push/\n", "nothing waits");
	return told->count;
}

int
main(void)
{
	struct arena *kept;
	unsigned i, total;
	char name[32];

	setup_store(IN_MEMORY);
	base = make_image('a', NULL, "the base's layer");
	middle = make_image('b', &base, "the middle's");
	top = make_image('c', &middle, "the top's");
	kept = arena; /* what outlives a case */
	arena = arena_new();
	told = share(sizeof(*told));
	total = count_steps(kept);
	for (i = 1; i <= total; i++) {
		try_failure(i, total, "io", name);
		try_failure(i, total, "full", name);
		try_failure(i, total, "die", name);
	}
	arena_free(kept);
	return teardown_store();
}
