/* notes.h: collects notes for the operator, in the order of the lines they are about. */
#ifndef CONF_NOTES_H
#define CONF_NOTES_H

#include "conf/conf.h"

struct notes {
	struct arena *arena;
	struct conf_note *all;
	size_t n, capacity;
};

void notes_init(struct notes *notes, struct arena *a);

/* Adds a note. The text must be one line. */
void notes_add(struct notes *notes, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
