/* v1-push.c: a push of three images in which each durable step fails
 * once, meets a full disk once, and is once the last before the process is killed.
 * Whatever it was, the order of v1push.h (P1 to P8) keeps the store sound, what
 * was acknowledged is there, and the same push again succeeds. */
#include "lib/failpoint.h"
#include "lib/push.h"
#include "store/v1push.h"

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
#define N_STEPS COUNT(steps)

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

	for (i = 0; fault == NULL && i < COUNT(images); i++) {
		fault = image_fault(&images[i], 1);
		if (fault == NULL)
			fault = waiting_fault(images[i]);
	}
	if (fault == NULL)
		fault = tags_fault();
	if (fault == NULL)
		fault = acknowledged_fault(steps, N_STEPS, report->done);
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

static const char *
fault_after(void)
{
	const char *fault;

	open_registry();
	fault = store_fault();
	if (fault == NULL)
		fault = again_fault();
	close_registry();
	return fault;
}

static void
prepare(void)
{
	fresh_store();
	make_index();
}

static enum result
send_step(size_t i)
{
	return run_step(steps, N_STEPS, i);
}

static const char *
name_of_step(size_t i)
{
	return step_place(&steps[i]);
}

static void
test_complete(void)
{
	expected = all_files();
	is_str(tree("_berth/push"), "_berth/push/\n", "nothing waits");
}

static const struct scenario push = {
    .what = "a push",
    .end = N_STEPS,
    .prepare = prepare,
    .start = open_registry,
    .step = send_step,
    .name = name_of_step,
    .fault = fault_after,
    .complete = test_complete,
};

int
main(void)
{
	setup_store(IN_MEMORY);
	base = image_of('a', NULL, "the base's layer");
	middle = image_of('b', &base, "the middle's");
	top = image_of('c', &middle, "the top's");
	fail_at_each_step(&push);
	return teardown_store();
}
