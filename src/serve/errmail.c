/* errmail.c: see errmail.h. The processes share two pages of memory: one is written while the
 * other is read. */
#include "serve/errmail.h"

#include <stdatomic.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/shared.h"

#define LINES      40
#define LINE_BYTES 640 /* a longer one is cut */

struct page {
	_Atomic unsigned n; /* errors; the first LINES of them have a text */
	struct {
		/* else a process is writing it, or died then */
		atomic_bool is_whole;
		char text[LINE_BYTES];
	} line[LINES];
};

struct errmail {
	_Atomic unsigned open; /* the page that is written */
	struct page page[2];
};

struct errmail *
errmail_new(void)
{
	return shared_alloc(
	    sizeof(struct errmail)); /* zeros: nothing is collected */
}

/* A line that is written to a page while that is being read may be lost, or come in the mail
 * after the next one; it is in the log in any case. */
static void
collect(void *arg, enum log_level level, struct str line)
{
	struct errmail *em = arg;
	struct page *page = &em->page[atomic_load(&em->open)];
	unsigned i;
	size_t n;

	if (level != LOG_ERROR)
		return;
	i = atomic_fetch_add(&page->n, 1);
	if (i >= LINES)
		return;
	n = line.n < LINE_BYTES ? line.n : LINE_BYTES - 1;
	memcpy(page->line[i].text, line.p, n);
	page->line[i].text[n] = '\0';
	atomic_store(&page->line[i].is_whole, true);
}

void
errmail_watch(struct errmail *em)
{
	log_watch(collect, em);
}

bool
errmail_is_pending(struct errmail *em)
{
	return atomic_load(&em->page[atomic_load(&em->open)].n) > 0;
}

struct str
errmail_take(struct errmail *em, struct arena *a, unsigned *n)
{
	unsigned read = atomic_load(&em->open), i;
	struct page *page = &em->page[read];
	struct buf b;

	atomic_store(&em->open, 1 - read);
	*n = atomic_exchange(&page->n, 0);
	buf_init(&b, a, LINES * LINE_BYTES);
	for (i = 0; i < *n && i < LINES; i++) {
		if (!atomic_exchange(&page->line[i].is_whole, false))
			continue;
		buf_add(&b, page->line[i].text,
		    strnlen(page->line[i].text, LINE_BYTES - 1));
		buf_addc(&b, '\n');
	}
	return buf_str(&b);
}
