/* fixture.c: see fixture.h. */
#include "lib/fixture.h"

struct arena *arena;
struct err err;
