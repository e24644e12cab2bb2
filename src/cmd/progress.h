/* progress.h: how far a rebuild is: a line that is written over on a terminal, now
 * and then a line of its own elsewhere. */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
	FILE *out;
	bool terminal;
	int64_t next; /* ticks: nothing is written sooner */
	unsigned long done;
};

void progress_begin(struct progress *p, FILE *out);

/* Fits struct reindex's progress: arg is a struct progress *. */
void progress_step(void *arg, unsigned long done, const char *name);

/* The last line: how it ended. */
void progress_end(struct progress *p, const char *how);

#endif
