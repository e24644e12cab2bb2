/* progress.h: shows the progress of a rebuild: on a terminal one line that is overwritten,
 * elsewhere a new line every few seconds. */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
	FILE *out;
	bool terminal;
	int64_t next; /* ticks: time of the next output */
	unsigned long done;
};

void progress_begin(struct progress *p, FILE *out);

/* For the member progress of struct reindex; arg is a struct progress. */
void progress_step(void *arg, unsigned long done, const char *name);

/* Writes the last line, with how it ended. */
void progress_end(struct progress *p, const char *how);

#endif
