/* v1-two-pushes.c: two clients push one image at once, with layers that
 * differ and with json that does. Both succeed; the image is one of theirs, whole.
 * So it is when a durable step fails or is the last before the process is killed.
 */
#include "failpoint-test.h"

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

static void
make_images(const struct meeting *m)
{
	first = make_image('a', NULL, "a layer");
	second = image_with(
	    first, first.json.p, "the same, compressed at another time");
	if (m->other_json)
		second = image_with(second,
		    arena_printf(arena, "{\"id\": \"%s\"}", first.id),
		    "the other layer");
}

/* The checksum that was acknowledged first decides, for ever. */
static const char *
winner_fault(const struct step *steps, size_t done)
{
	size_t i;

	for (i = 0; i < done; i++)
		if (steps[i].verb == CHECKSUM)
			return is_whole(steps[i].im)
				   ? NULL
				   : "the image is not the first's";
	return NULL;
}

static const char *
store_fault(const struct step *steps)
{
	const char *fault = tmp_fault();

	if (fault == NULL)
		fault = image_fault(both, 2);
	if (fault == NULL)
		fault = acknowledged_fault(steps, N_STEPS, told->done);
	return fault == NULL ? winner_fault(steps, told->done) : fault;
}

/* One client after the other. */
static const char *
again_fault(const struct step *steps)
{
	struct step one[N_STEPS];
	size_t i, k, n;
	unsigned swept;

	for (k = 0; k < 2; k++) {
		for (i = n = 0; i < N_STEPS; i++)
			if (steps[i].im == both[k])
				one[n++] = steps[i];
		if (push_all(one, n) != RC_OK)
			return arena_printf(
			    arena, "the same push again: %s", err.text);
	}
	if (store_v1push_sweep(store, -1, &swept, &err) != RC_OK)
		return err.text;
	if (strcmp(tree("_berth/push"), "_berth/push/\n") != 0)
		return "_berth/push: not all was swept";
	return is_whole(&first) || is_whole(&second) ? store_fault(steps)
						     : "the image is nobody's";
}

static void
try_failure(const struct meeting *m, unsigned at, unsigned total,
    const char *action, char name[32])
{
	const char *fault, *place;
	int status;

	arena_clear(arena);
	make_images(m);
	fresh_store();
	make_index();
	status = run_until(m->steps, N_STEPS, at, action);
	if (strcmp(action, "io") == 0)
		(void)snprintf(name, 32, "%s", told->last);
	open_registry();
	place = place_of(m->steps, N_STEPS, at, total, name);
	fault = told_fault(status, action);
	if (fault == NULL)
		fault = store_fault(m->steps);
	if (fault == NULL)
		fault = again_fault(m->steps);
	close_registry();
	if (!ok(fault == NULL, "%s, %s at %s", m->what, action, place))
		printf("# %s\n", fault);
}

static unsigned
count_steps(const struct meeting *m)
{
	arena_clear(arena);
	make_images(m);
	fresh_store();
	make_index();
	is_int(run_until(m->steps, N_STEPS, 0, "count"), 0, "%s", m->what);
	is_int(told->done, N_STEPS, "both succeed at each step");
	ok(is_whole(&first), "the image is the first's, whole");
	ok(strstr(tree("_berth/push"), "wait-") == NULL, "nothing waits");
	return told->count;
}

static void
walk_through(const struct meeting *m)
{
	unsigned i, total = count_steps(m);
	char name[32];

	for (i = 1; i <= total; i++) {
		try_failure(m, i, total, "io", name);
		try_failure(m, i, total, "die", name);
	}
}

int
main(void)
{
	size_t i;

	setup_store(IN_MEMORY);
	told = share(sizeof(*told));
	for (i = 0; i < sizeof(meetings) / sizeof(meetings[0]); i++)
		walk_through(&meetings[i]);
	return teardown_store();
}
