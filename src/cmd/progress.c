/* progress.c: see progress.h. The number of all things is only known at the end, so the
 * bar does not show a percentage but a count and the current name. */
#include "cmd/progress.h"

#include <unistd.h>

#include "base/clock.h"

#define TERMINAL_EVERY_MS 100
#define LINE_EVERY_MS     5000
#define BAR_WIDTH         20

void
progress_begin(struct progress *p)
{
	p->terminal = isatty(fileno(p->out)) == 1;
	p->next = p->terminal ? 0 : clock_ticks() + LINE_EVERY_MS;
	p->done = 0;
}

/* A mark moves left and right in the bar. */
static void
draw_bar(struct progress *p, const char *name)
{
	char bar[BAR_WIDTH + 1];
	int64_t at = clock_ticks() / TERMINAL_EVERY_MS % (2 * BAR_WIDTH - 2);
	int i;

	if (at >= BAR_WIDTH)
		at = 2 * BAR_WIDTH - 2 - at;
	for (i = 0; i < BAR_WIDTH; i++)
		bar[i] = i == at ? '#' : '-';
	bar[BAR_WIDTH] = '\0';
	(void)fprintf(
	    p->out, "\r[%s] %lu %s, at %.40s\033[K", bar, p->done, p->things, name);
	(void)fflush(p->out);
}

void
progress_step(void *arg, unsigned long done, const char *name)
{
	struct progress *p = arg;

	p->done = done;
	if (clock_ticks() < p->next)
		return;
	p->next = clock_ticks() + (p->terminal ? TERMINAL_EVERY_MS : LINE_EVERY_MS);
	if (p->terminal)
		draw_bar(p, name);
	else
		(void)fprintf(p->out, "%s: %lu %s, at %s\n", p->command, done,
		    p->things, name);
}

void
progress_end(struct progress *p, const char *how)
{
	(void)fprintf(p->out, "%s%s: %lu %s, %s\n", p->terminal ? "\r\033[K" : "",
	    p->command, p->done, p->things, how);
}
