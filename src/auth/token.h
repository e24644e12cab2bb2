/* token.h: the tokens of API v1. An index issues them, and clients send them to its
 * registries:
 *
 *	Token signature=0123456789abcdef,repository="team/app",access=write
 *
 * The two parts of the repository are percent-encoded: a slash within the second is %2F.
 *
 * The signature of berth's own tokens is the time of expiry (16 hexadecimal digits, seconds
 * since the epoch) followed by HMAC-SHA256 of that time, the access and the repository (64
 * digits). */
#ifndef AUTH_TOKEN_H
#define AUTH_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "image/v1name.h"

#define TOKEN_LIFE 3600 /* seconds: longer than the slowest push of one image */

enum token_access { TOKEN_READ, TOKEN_WRITE, TOKEN_DELETE };

const char *token_access_name(enum token_access access); /* "read" */

struct token {
	struct str signature;
	struct v1name repository;
	enum token_access access;
};

/* Parses the value of Authorization. The word Token may be in any case and occur twice,
 * since docker puts its own before the one that it was given. The members come in any
 * order, values with or without quotes. Returns false, and leaves *out as it is, if it is
 * not a token, if a member is missing, invalid or there twice, or if a value has a quote,
 * comma or blank in it. The signature points into `authorization`. */
bool token_parse(struct arena *a, struct str authorization, struct token *out);

/* Issues a token, valid for TOKEN_LIFE from now (seconds since the epoch). */
const char *token_new(struct arena *a, struct str key, const struct v1name *name,
    enum token_access access, int64_t now);

/* Was the token issued with this key, and has it not expired? Compares in constant time. An
 * empty key makes every token invalid. */
bool token_is_valid(
    struct arena *a, struct str key, const struct token *token, int64_t now);

#endif
