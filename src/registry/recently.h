/* recently.h: what was found a moment ago, so that it need not be looked for again with each
 * request. A table of fixed size in struct registry: each process has its own. */
#ifndef REGISTRY_RECENTLY_H
#define REGISTRY_RECENTLY_H

#include <stdbool.h>
#include <stdint.h>

#include "registry/registry.h"

/* Was `what`, a hash of the thing and of what was found, noted in the last reg->recently_ms? It
 * may be forgotten before. Another thing of the same 40 bits of hash is taken for it, so this is
 * for what does little harm if it is wrong for so long. */
bool recently_noted(const struct registry *reg, uint64_t what);
void recently_note(struct registry *reg, uint64_t what);

#endif
