/* bridge_asked.c: images that wait to be made, see store/bridge.h: marks (mark.h) below
 * _berth/bridge/asked. */
#include "store/bridge.h"

#include "storefs/io.h"
#include "storefs/mark.h"

#define ASKED IO_BRIDGE_DIR "/asked"

enum result
store_bridge_ask(struct store *st, const char *name, bool synced, struct err *err)
{
	return mark_set(st, (struct mark_place){ASKED, synced}, name, err);
}

enum result
store_bridge_asked_remove(struct store *st, const char *name, struct err *err)
{
	return mark_remove(st, ASKED, name, err);
}

enum result
store_bridge_asked_each(const struct store *st,
    bool (*visit)(void *arg, const char *name), void *arg, struct err *err)
{
	return mark_each(st, ASKED, visit, arg, err);
}
