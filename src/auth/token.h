/* token.h: what a v1 index hands out, to be shown to its registries:
 *
 *	Token signature=0123456789abcdef,repository="team/app",access=write
 *
 * In standalone mode, the only one so far, nobody asks for it; but a docker pushes
 * and pulls nothing without. */
#ifndef AUTH_TOKEN_H
#define AUTH_TOKEN_H

#include "base/arena.h"
#include "image/name.h"

enum token_access { TOKEN_READ, TOKEN_WRITE, TOKEN_DELETE };

/* A new one, with a random signature. A slash within the repository's part is
 * written %2F. */
const char *token_new(
    struct arena *a, const struct repo_name *name, enum token_access access);

#endif
