/* capacity.c: see capacity.h. */
#include "registry/capacity.h"

#include "store/store.h"

#define RESERVE \
	((uint64_t)16 << 20) /* bytes: states of uploads, the index, its log */

enum result
capacity_check(const struct task *t, int64_t length)
{
	uint64_t wanted = length > 0 ? (uint64_t)length : 0, room;
	enum result r = store_free_bytes(t->reg->store, &room, t->err);

	if (r != RC_OK)
		return r;
	if (room < RESERVE || wanted > room - RESERVE)
		return err_set(t->err, RC_FULL,
		    "%llu bytes are free on the disk, %llu and a reserve of %llu are "
		    "needed",
		    (unsigned long long)room, (unsigned long long)wanted,
		    (unsigned long long)RESERVE);
	return RC_OK;
}
