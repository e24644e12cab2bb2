/* progress.h: shows how far a command is: on a terminal one line that is overwritten,
 * elsewhere a new line every few seconds. */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
	FILE *out;
	const char *command;
	const char *things; /* what is counted: "repositories" */
	bool terminal;
	int64_t next; /* ticks: time of the next output */
	unsigned long done;
};

/* The members out, command and things are set. */
void progress_begin(struct progress *p);

/* So many things are done; the latest is this one. For the member progress of struct reindex;
 * arg is a struct progress. */
void progress_step(void *arg, unsigned long done, const char *name);

/* Writes the last line, with how it ended. */
void progress_end(struct progress *p, const char *how);

#endif
