/* notes.c: see notes.h. */
#include "conf/notes.h"

#include <stdarg.h>
#include <string.h>

void
notes_init(struct notes *notes, struct arena *a)
{
	memset(notes, 0, sizeof(*notes));
	notes->arena = a;
}

static void
make_room(struct notes *notes)
{
	size_t size = notes->size == 0 ? 16 : notes->size * 2;
	struct conf_note *all;

	if (notes->n < notes->size)
		return;
	all = arena_alloc(notes->arena, size * sizeof(*all));
	if (notes->n > 0)
		memcpy(all, notes->all, notes->n * sizeof(*all));
	notes->all = all;
	notes->size = size;
}

void
notes_add(struct notes *notes, int line, const char *fmt, ...)
{
	va_list ap;
	size_t at;

	make_room(notes);
	for (at = notes->n; at > 0 && notes->all[at - 1].line > line; at--)
		notes->all[at] = notes->all[at - 1];
	va_start(ap, fmt);
	notes->all[at].text = arena_vprintf(notes->arena, fmt, ap);
	va_end(ap);
	notes->all[at].line = line;
	notes->n++;
}
