/* v1-two-pushes.c: two clients push one image at once, with layers that
 * differ and with json that does. Both succeed; the image is one of theirs, whole.
 * So it is when a durable step fails or is the last before the process is killed.
 */
#include "lib/failpoint.h"
#include "lib/push.h"
#include "store/v1push.h"

static struct image first, second;

static const struct image *const both[] = {&first, &second};

/* Step by step side by side; and the second's layer after the image is complete. */
static const struct step side_by_side[] = {
    {JSON, &first, NULL},
    {JSON, &second, NULL},
    {LAYER, &first, NULL},
    {LAYER, &second, NULL},
    {CHECKSUM, &first, NULL},
    {CHECKSUM, &second, NULL},
};

static const struct step one_is_late[] = {
    {JSON, &first, NULL},
    {JSON, &second, NULL},
    {LAYER, &first, NULL},
    {CHECKSUM, &first, NULL},
    {LAYER, &second, NULL},
    {CHECKSUM, &second, NULL},
};
#define N_STEPS 6

struct meeting {
	const char *what;
	const struct step *steps;
	bool other_json;
};

static const struct meeting meetings[] = {
    {"side by side", side_by_side, false},
    {"side by side with other json", side_by_side, true},
    {"one late", one_is_late, false},
    {"one late with other json", one_is_late, true},
};

static const struct meeting *meeting;

static void
make_images(void)
{
	first = image_of('a', NULL, "a layer");
	second = image_with(
	    first, first.json.p, "the same, compressed at another time");
	if (meeting->other_json)
		second = image_with(second,
		    arena_printf(arena, "{\"id\": \"%s\"}", first.id),
		    "the other layer");
}

/* The checksum that was acknowledged first decides, for ever. */
static const char *
winner_fault(void)
{
	size_t i;

	for (i = 0; i < report->done; i++)
		if (meeting->steps[i].verb == CHECKSUM)
			return is_whole(meeting->steps[i].im)
				   ? NULL
				   : "the image is not the first's";
	return NULL;
}

static const char *
store_fault(void)
{
	const char *fault = tmp_fault();

	if (fault == NULL)
		fault = image_fault(both, 2);
	if (fault == NULL)
		fault = acknowledged_fault(meeting->steps, N_STEPS, report->done);
	return fault == NULL ? winner_fault() : fault;
}

/* One client after the other. */
static const char *
again_fault(void)
{
	struct step one[N_STEPS];
	size_t i, k, n;
	unsigned swept;

	for (k = 0; k < 2; k++) {
		for (i = n = 0; i < N_STEPS; i++)
			if (meeting->steps[i].im == both[k])
				one[n++] = meeting->steps[i];
		if (push_all(one, n) != RC_OK)
			return arena_printf(
			    arena, "the same push again: %s", err.text);
	}
	if (store_v1push_sweep(store, -1, &swept, &err) != RC_OK)
		return err.text;
	if (strcmp(tree("_berth/push"), "_berth/push/\n") != 0)
		return "_berth/push: not all was swept";
	return is_whole(&first) || is_whole(&second) ? store_fault()
						     : "the image is nobody's";
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
	make_images();
	fresh_store();
	make_index();
}

static enum result
send_step(size_t i)
{
	return run_step(meeting->steps, N_STEPS, i);
}

static const char *
name_of_step(size_t i)
{
	return step_place(&meeting->steps[i]);
}

static void
test_complete(void)
{
	ok(is_whole(&first), "the image is the first's, whole");
	ok(strstr(tree("_berth/push"), "wait-") == NULL, "nothing waits");
}

static void
fail_each(void)
{
	const struct scenario scenario = {
	    .what = meeting->what,
	    .end = N_STEPS,
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
	for (meeting = meetings; meeting < meetings + COUNT(meetings); meeting++)
		fail_each();
	return teardown_store();
}
