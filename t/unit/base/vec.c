/* vec.c: an array that grows in an arena. */
#include "base/vec.h"
#include "lib/unit.h"

struct row {
	int a;
	char text[20];
};

static void
test_growth(void)
{
	struct row *rows = NULL, *before;
	size_t n, room = 0, moves = 0;
	bool kept = true;

	for (n = 0; n < 10000; n++) {
		before = rows;
		rows = vec_grow(arena, rows, n, &room, sizeof(*rows));
		moves += rows != before;
		rows[n].a = (int)n;
	}
	for (n = 0; n < 10000; n++)
		kept = kept && rows[n].a == (int)n;
	ok(kept, "10,000 elements keep their values");
	ok(room >= 10000 && room < 20000, "there is room for %zu", room);
	ok(moves <= 13, "it moved %zu times", moves);
}

static void
test_room(void)
{
	int *numbers, *same;
	size_t room = 0;

	numbers = vec_grow(arena, NULL, 0, &room, sizeof(*numbers));
	ok(numbers != NULL && room > 0, "the first call makes room");
	same = vec_grow(arena, numbers, room - 1, &room, sizeof(*numbers));
	ok(same == numbers, "while there is room nothing moves");
}

/* A large array is extended where it lies: the arena does not keep the smaller ones. */
static void
test_memory(void)
{
	struct arena *a = arena_new();
	struct row *rows = NULL;
	size_t n, room = 0;

	for (n = 0; n < 100000; n++)
		rows = vec_grow(a, rows, n, &room, sizeof(*rows));
	ok(arena_held(a) < room * sizeof(*rows) + ((size_t)512 << 10),
	    "%zu bytes are held for %zu", arena_held(a), room * sizeof(*rows));
	arena_free(a);
}

int
main(void)
{
	static void (*const tests[])(void) = {test_growth, test_room, test_memory};

	return run_tests(tests, COUNT(tests));
}
