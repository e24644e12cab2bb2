/* token.h: what a v1 index hands out, to be shown to its registries:
 *
 *	Token signature=0123456789abcdef,repository="team/app",access=write
 *
 * The repository's two parts are written as a form writes them, once: a slash within the
 * second is %2F.
 *
 * berth's own signature is the time until which it holds (16 hexadecimal digits, seconds
 * since the epoch) and HMAC-SHA256 of that time, the repository and the access (64). */
#ifndef AUTH_TOKEN_H
#define AUTH_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "image/v1name.h"

#define TOKEN_LIFE 3600 /* seconds: longer than the slowest push of one image */

enum token_access { TOKEN_READ, TOKEN_WRITE, TOKEN_DELETE };

struct token {
	struct str signature;
	struct v1name repository;
	enum token_access access;
};

/* Of an Authorization: "Token ..." in any case of the word, also twice ("Token Token",
 * as docker repeats what it was given); members in any order, values with or without
 * quotes. False, and *out untouched: it is none, a member is missing, doubled or makes no
 * sense, or a value holds what ends one (a quote, a comma, a blank). The signature points
 * into `authorization`. */
bool token_parse(struct arena *a, struct str authorization, struct token *out);

/* A new one that holds for TOKEN_LIFE from now (seconds since the epoch). */
const char *token_new(struct arena *a, struct str key, const struct v1name *name,
    enum token_access access, int64_t now);

/* Was it made with this key, and does it still hold? The sums are compared in constant
 * time. With an empty key none holds. */
bool token_holds(
    struct arena *a, struct str key, const struct token *token, int64_t now);

#endif
