/* ask.c: see ask.h. */
#include "bridge/ask.h"

#include "store/bridge.h"

enum result
ask_mark(const struct task *t, const struct pair *p, bool synced)
{
	enum result r = RC_OK;

	if (p->v1 != NULL)
		r = store_bridge_ask(t->reg->store, p->v1, synced, t->err);
	return r == RC_TOO_LARGE ? RC_OK : r;
}

void
ask_wake(const struct task *t)
{
	if (t->reg->bridge_asked != NULL)
		t->reg->bridge_asked(t->reg->arg);
}
