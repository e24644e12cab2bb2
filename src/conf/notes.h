/* notes.h: collects what the operator should read, in the order of the lines. */
#ifndef CONF_NOTES_H
#define CONF_NOTES_H

#include "conf/conf.h"

struct notes {
	struct arena *arena;
	struct conf_note *all;
	size_t n, room;
};

void notes_init(struct notes *notes, struct arena *a);

/* The text must come out as one line. */
void notes_add(struct notes *notes, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
