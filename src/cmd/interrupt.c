/* interrupt.c: see interrupt.h. */
#include "cmd/interrupt.h"

#include <string.h>

volatile sig_atomic_t interrupt_came;

static void
on_signal(int sig)
{
	(void)sig;
	interrupt_came = 1;
}

void
interrupt_catch(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_signal;
	sa.sa_flags = (int)SA_RESETHAND;
	(void)sigaction(SIGINT, &sa, NULL);
	(void)sigaction(SIGTERM, &sa, NULL);
}
