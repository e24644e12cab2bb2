/* token.h: the token that an index of API v1 gives to a client, for its registries:
 *
 *	Token signature=0123456789abcdef,repository="team/app",access=write
 *
 * The two parts of the repository are encoded as in a form: a slash within the second one is
 * %2F.
 *
 * The signature of a token of berth is the time until which it holds (16 hexadecimal digits,
 * seconds since the epoch), and the HMAC-SHA256 of that time, the repository and the access
 * (64 digits). */
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

/* Reads the value of Authorization: "Token ..." in upper or lower case, also twice ("Token
 * Token": docker repeats what it got); the members in any order, the values with or without
 * quotes. False, with *out unchanged: not a token, a member is missing, double or invalid,
 * or a value has a character that ends it (a quote, a comma, a space). The signature points
 * into `authorization`. */
bool token_parse(struct arena *a, struct str authorization, struct token *out);

/* Makes a token that holds for TOKEN_LIFE from now (seconds since the epoch). */
const char *token_new(struct arena *a, struct str key, const struct v1name *name,
    enum token_access access, int64_t now);

/* Was the token made with this key, and does it still hold? The sums are compared in constant
 * time. With an empty key no token holds. */
bool token_holds(
    struct arena *a, struct str key, const struct token *token, int64_t now);

#endif
