/* notes.c: see notes.h. */
#include "conf/notes.h"

#include <stdarg.h>
#include <string.h>

#include "base/vec.h"

void
notes_init(struct notes *notes, struct arena *a)
{
	memset(notes, 0, sizeof(*notes));
	notes->arena = a;
}

void
notes_add(struct notes *notes, int line, const char *fmt, ...)
{
	va_list ap;
	size_t at;

	notes->all = vec_grow(notes->arena, notes->all, notes->n, &notes->capacity,
	    sizeof(*notes->all));
	for (at = notes->n; at > 0 && notes->all[at - 1].line > line; at--)
		notes->all[at] = notes->all[at - 1];
	va_start(ap, fmt);
	notes->all[at].text = arena_vprintf(notes->arena, fmt, ap);
	va_end(ap);
	notes->all[at].line = line;
	notes->n++;
}
